using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Positions;

/// <summary>The modules that own a table: its name and shape on disk, and the bias that they hand out.</summary>
public class RelativePositionsTests
{
    private static readonly Dictionary<string, (Func<nn.Module> Create, long[] Shape, Func<Tensor, AttentionBias> Bias)> Modules = new()
    {
        ["relative"] = (() => new RelativePositions(3, 5), [3, 11], AttentionBias.Relative),
        ["bucketed"] = (() => new BucketedRelativePositions(3), [3, 32], table => AttentionBias.RelativeBuckets(table)),
        ["bucketed, one direction"] = (
            () => new BucketedRelativePositions(3, 7, bidirectional: false, maxDistance: 6), [3, 7],
            table => AttentionBias.RelativeBuckets(table, bidirectional: false, 6)),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => Modules.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void OwnATableOfZeros(string name)
    {
        using var scope = NewDisposeScope();
        nn.Module module;
        using (NewDisposeScope()) module = Modules[name].Create();
        var (key, table) = module.state_dict().Single();
        Assert.Equal("table", key);
        Assert.Equal(DeviceType.CPU, table.device_type);
        Close.Exact.Check(table, Grid.Zeros(Modules[name].Shape), "table");
        module.Dispose();
    }

    /// <summary>In any precision; a bias that was handed out before the module moved is refused.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void HandOutTheTableAsItIs(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var module = Modules[name].Create();
        var kind = Kind.Of("soft scaled");
        using var attention = kind.Build();
        foreach (var dtype in new[] { ScalarType.BFloat16, ScalarType.Float64 })
        {
            var before = Bias(module);
            module.to(dtype);
            var numbers = new Data(5).Normal(dtype, Modules[name].Shape);
            module.named_parameters().Single().parameter.copy_(numbers);
            var inputs = kind.Inputs(rank: 4, dtype);
            Close.Exact.Check(
                attention.call(inputs.Query, inputs.Key, inputs.Value, null, Bias(module)),
                attention.call(inputs.Query, inputs.Key, inputs.Value, null, Modules[name].Bias(numbers)), "context");
            Assert.Equal("bias", Assert.ThrowsAny<ArgumentException>(() => attention.call(inputs.Query, inputs.Key, inputs.Value, null, before)).ParamName);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TrainAndLeaveNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var module = Modules[name].Create();
        var kind = Kind.Of("soft scaled");
        using var attention = kind.Build(ScalarType.Float32);
        var inputs = kind.Inputs(rank: 4, ScalarType.Float32);
        NoLeaks.Leaves(1, () => attention.call(inputs.Query, inputs.Key, inputs.Value, null, Bias(module)), "a call");
        attention.call(inputs.Query, inputs.Key, inputs.Value, null, Bias(module)).Squared().sum().backward();
        Assert.True(Grid.Of(module.parameters().Single().grad!).Largest > 0, "no gradient reaches the table");
    }

    private static AttentionBias Bias(nn.Module module) => module switch
    {
        RelativePositions positions => positions.Bias(),
        BucketedRelativePositions positions => positions.Bias(),
        _ => throw new ArgumentException("no positions", nameof(module)),
    };
}
