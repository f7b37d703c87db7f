using Tests.Shared;
using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Conventions;

/// <summary>The default device is the process's: nothing may run beside a test that changes it.</summary>
[CollectionDefinition(nameof(DefaultDevice), DisableParallelization = true)]
public class DefaultDeviceCollection;

/// <summary>
/// No tensor is made on the default device: with the meta device as default and inputs on the CPU, one that is would have no
/// numbers, and mixing it with those that do fails.
/// </summary>
[Collection(nameof(DefaultDevice))]
public class DefaultDevice
{
    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IsNeverUsed(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        var expected = RunAll(kind);

        OnMeta(() =>
        {
            foreach (var (mask, run) in RunAll(kind)) Every.AreEqual(Close.Exact, run, expected[mask]);
        });
    }

    [Fact]
    public void IsNotWhereAFileIsLoaded()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (numbers, flags) = (new Data(3).Normal(3, 5), new Data(3).Bool(0.5, 7));
        OnMeta(() =>
        {
            Safetensors.Save(folder.File("f"), [("numbers", numbers), ("flags", flags)]);
            using var file = Safetensors.Open(folder.File("f"));
            Close.Exact.Check(file.Load("numbers"), numbers, "numbers");
            Close.Exact.Check(file.Load("flags"), flags, "flags");
        });
    }

    /// <summary>Samples come from torch's generator for the inputs' device, and the loss is where they are.</summary>
    [Fact]
    public void IsNeverUsedBySamples()
    {
        using var scope = NewDisposeScope();
        var inputs = Kind.Of("hard").Inputs([23]);
        var expected = Sample(seed: 70);

        OnMeta(() => Every.AreEqual(Close.Exact, Sample(seed: 70), expected));

        var other = Sample(seed: 71);
        foreach (var name in new[] { "gumbel", "reinforce" }) Assert.NotEqual(expected[name].Numbers, other[name].Numbers);

        Dictionary<string, Grid> Sample(long seed)
        {
            manual_seed(seed);
            using var gumbel = new HardAttention(new DotScore(), new Gumbel());
            using var reinforce = new HardAttention(new DotScore(), new Reinforce(0.5));
            using var loss = new ReinforceLoss();
            using var output = reinforce.Attend(inputs.Query, inputs.Key, inputs.Value);
            return new()
            {
                ["gumbel"] = Grid.Of(OnCpu(gumbel.Attend(inputs.Query, inputs.Key, inputs.Value)).Sample!),
                ["reinforce"] = Grid.Of(OnCpu(output).Sample!),
                ["loss"] = Grid.Of(loss.call(output, output.Entropy!)),
                ["baseline"] = Grid.Of(loss.get_buffer("baseline")!),
            };
        }
    }

    private static void OnMeta(Action action)
    {
        var before = get_default_device();
        set_default_device(new Device(DeviceType.META));
        try
        {
            action();
        }
        finally
        {
            set_default_device(before);
        }
    }

    /// <summary>Makes the module too, so that its parameters are covered.</summary>
    private static Dictionary<string, Dictionary<string, Grid>> RunAll(Kind kind)
    {
        using var scope = NewDisposeScope();
        using var attention = kind.Build();
        Assert.All(attention.parameters(), parameter => Assert.Equal(DeviceType.CPU, parameter.device_type));
        var inputs = kind.Inputs(rank: 3);
        var bias = kind.Is(Traits.NoBias) ? null : AttentionBias.Dense(new Data(15).Normal(5, 7));
        var padding = AttentionMask.Padding(4, Sizes.Keys);
        var runs = MaskKind.All.ToDictionary(
            mask => mask.Name,
            mask => Every.Run(attention, inputs, leaves => OnCpu(attention.Attend(
                leaves.Query, leaves.Key, leaves.Value, kind.Mask(mask.Name, inputs).Mask, bias))));
        runs["prepared"] = Every.Run(attention, inputs, leaves => OnCpu(attention.Attend(
            leaves.Query, attention.Prepare(leaves.Key, leaves.Value, padding), AttentionMask.Causal)));
        runs["no keys"] = Every.Run(attention, kind.Inputs(keys: 0), leaves => OnCpu(attention.Attend(leaves.Query, leaves.Key, leaves.Value)));
        return runs;
    }

    private static AttentionOutput OnCpu(AttentionOutput output)
    {
        foreach (var tensor in new[] { output.Context, output.Weights, output.Sample, output.LogProbability, output.Entropy, output.Alignment })
            if (tensor is not null) Assert.Equal(DeviceType.CPU, tensor.device_type);
        return output;
    }
}
