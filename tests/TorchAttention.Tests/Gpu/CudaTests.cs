using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Gpu;

/// <summary>Every mechanism on a CUDA device against itself on the CPU; skipped where there is none.</summary>
public class CudaTests
{
    private const string NoDevice = "no CUDA device is available";

    private static readonly Device Gpu = CUDA;

    public static bool IsAvailable => cuda.is_available();

    public static IEnumerable<TheoryDataRow<string, string>> Cases => Every.With([.. MaskKind.Names]);

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    /// <summary>Without those that decide: a near tie or the edge of a predicted window falls either way.</summary>
    public static IEnumerable<TheoryDataRow<string>> Smooth => Every.One(kind => !kind.Is(Traits.Hard | Traits.Jumps | Traits.ReadsLength));

    /// <summary>Plain soft attention goes to libtorch's fused kernel, which has a CUDA one.</summary>
    [Theory(Skip = NoDevice, SkipUnless = nameof(IsAvailable))]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void TheFusedKernelIsChosen(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Tensor Make() => zeros(2, 3, 5, 8, dtype: dtype, device: Gpu);
        var inputs = new AttentionCall(Make(), Make(), Make(), null, null, NeedWeights: false);
        Assert.Same(Kernel.Fused, Kernel.Select(new KernelCall(new DotScore(), new Softmax(), inputs, 0)));
    }

    [Theory(Skip = NoDevice, SkipUnless = nameof(IsAvailable))]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheCpu(string kindName, string maskName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        var inputs = kind.Inputs(rank: 4);
        using var attention = kind.Build();
        var expected = Every.Run(attention, inputs, Attend);

        attention.to(Gpu);
        var actual = Every.Run(attention, inputs.To(Gpu), Attend);

        Every.AreEqual(Close.Reordered(ScalarType.Float64), actual, expected);

        AttentionOutput Attend(Inputs leaves)
        {
            // A mask or bias that keeps a tensor lives where the inputs live.
            var (mask, allowed) = kind.Mask(maskName, inputs);
            if (MaskKind.Of(maskName).KeepsTensors)
                mask = AttentionMask.Allow(
                    MaskKind.Tabulate(allowed, kind.Reference.Scores(inputs.Leading), Sizes.Queries, Sizes.Keys).to(leaves.Query.device));
            return attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask);
        }
    }

    /// <summary>float16 exists there alone: close to the oracle on the same rounded numbers.</summary>
    [Theory(Skip = NoDevice, SkipUnless = nameof(IsAvailable))]
    [MemberData(nameof(Smooth))]
    public void TakesHalfPrecision(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.Float16);
        var inputs = kind.Inputs(rank: 3, ScalarType.Float16);
        var oracle = kind.Reference.Oracle(attention, inputs, (_, _, _) => true);

        attention.to(Gpu);
        var (query, key, value) = inputs.To(Gpu);
        var (context, weights) = attention.Attend(query, key, value);

        Assert.Equal(ScalarType.Float16, context.dtype);
        Close.Reordered(ScalarType.Float16).Check(context, oracle.Context, "context");
        Close.Reordered(ScalarType.Float16).Check(weights, oracle.Weights, "weights");
    }

    /// <summary>In blocks, forward and backward: the choices are drawn on the CPU.</summary>
    [Fact(Skip = NoDevice, SkipUnless = nameof(IsAvailable))]
    public void BlocksDropWhatTheyDropOnTheCpu()
    {
        using var scope = NewDisposeScope();
        var data = new Data(31);
        Tensor[] inputs = [data.Normal(100, 11), data.Normal(70, 11), eye(70, dtype: ScalarType.Float64, device: CPU)];
        var upstream = data.Normal(100, 70);
        using var score = new DotScore();
        using var softmax = new Softmax();
        var (expected, expectedGradient) = Run(CPU);
        var (actual, gradient) = Run(Gpu);
        Close.Reordered(ScalarType.Float64).Check(actual, expected, "context");
        Close.Reordered(ScalarType.Float64).Check(gradient, expectedGradient, "gradient of the values");

        (Grid Context, Grid Gradient) Run(Device device)
        {
            using var inner = NewDisposeScope();
            var there = inputs.Select(input => input.to(device)).ToArray();
            var value = there[2].detach().requires_grad_();
            var call = new AttentionCall(there[0], there[1], value, null, null, NeedWeights: false);
            var blocks = new QueryBlocks(new KernelCall(score, softmax, call, 0.5)).Of(size: 1);
            var context = ChunkedFunction.Attend(new ChunkedCall(score, softmax, call, [.. blocks], Dropout: 0.5, Seed: 1)).Context;
            context.backward([upstream.to(device)]);
            return (Grid.Of(context.cpu()), Grid.Of(value.grad!.cpu()));
        }
    }

    /// <summary>A generator of one's own draws on the CPU, for scores on any device.</summary>
    [Fact(Skip = NoDevice, SkipUnless = nameof(IsAvailable))]
    public void AGeneratorSamplesTheSame()
    {
        using var scope = NewDisposeScope();
        var scores = new Data(61).Normal(23, 5, 7);
        Func<Generator, HardEstimator>[] estimators =
        [
            generator => new Gumbel(0.7, generator), generator => new Reinforce(0, generator), generator => new Reinforce(0.5, generator),
        ];
        foreach (var make in estimators)
            Close.Reordered(ScalarType.Float64).Check(Sample(make, Gpu), Sample(make, CPU), "weights");

        Grid Sample(Func<Generator, HardEstimator> make, Device device)
        {
            using var generator = new Generator(3, CPU);
            using var estimator = make(generator);
            return Grid.Of(estimator.call(scores.to(device), null).cpu());
        }
    }

    /// <summary>What is masked is cleared, and the length of nothing is below any floor that float16 can hold.</summary>
    [Fact(Skip = NoDevice, SkipUnless = nameof(IsAvailable))]
    public void ACosineOfMaskedKeysIsFinite()
    {
        using var scope = NewDisposeScope();
        using var attention = new SoftAttention(new CosineScore(3));
        var inputs = Kind.Of("soft dot").Inputs(rank: 3, ScalarType.Float16).To(Gpu).RequiresGrad();
        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Padding(4, Sizes.Keys));
        Numbers.Sum(context.sum(), weights.Squared().sum()).backward();
        foreach (var tensor in new[] { context, weights, inputs.Query.grad!, inputs.Key.grad! })
            Assert.True(tensor.isfinite().all().item<bool>(), "a number is not finite");
    }

    [Theory(Skip = NoDevice, SkipUnless = nameof(IsAvailable))]
    [MemberData(nameof(Kinds))]
    public void NamesBothDevices(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var (query, key, value) = kind.Inputs();
        var exception = Assert.ThrowsAny<ArgumentException>(() => attention.call(query.to(Gpu), key, value));
        Assert.Contains("cuda", exception.Message);
        Assert.Contains("cpu", exception.Message);
    }
}
