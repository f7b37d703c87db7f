using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels;

/// <summary>
/// The kernel that works in blocks: context, weights and the gradients of everything that learns are those of the dense one, over
/// scores, normalizers, biases, masks, ranks and precisions; and what is special to computing a block twice.
/// </summary>
public class ChunkedTests
{
    private const long Dim = 11;

    /// <summary>With blocks so small that there are several.</summary>
    private static readonly ChunkedKernel Blocks = new(blockSize: 1);

    private static readonly Dictionary<string, Func<long, Normalizer>> Normalizers = new()
    {
        ["softmax"] = _ => new Softmax(),
        ["sparsemax"] = _ => new Sparsemax(),
        ["entmax-1.5"] = _ => new Entmax15(),
        ["entmax, learnable"] = heads => new Entmax(1.7, learnable: true, heads: heads),
        ["top-k"] = _ => new TopK(5),
        ["sink of sparsemax"] = heads => new AttentionSink(heads, new Sparsemax()),
        ["straight-through"] = _ => new StraightThrough(0.7),
        ["expectation"] = _ => new Expectation(),
    };

    private static readonly Dictionary<string, Func<Score>> Scores = new()
    {
        ["scaled"] = () => new ScaledDotScore(Dim),
        ["cosine"] = () => new CosineScore(3),
        ["bilinear with a bias"] = () => new BilinearScore(Dim, Dim, bias: true),
        ["additive"] = () => new AdditiveScore(Dim, Dim, 3),
        ["capped additive"] = () => new SoftcapScore(AdditiveScore.WeightNormalized(Dim, Dim, 3), 2),
    };

    private static readonly Dictionary<string, Func<Data, Subject, AttentionBias?>> Biases = new()
    {
        ["none"] = (_, _) => null,
        ["dense"] = (data, subject) => AttentionBias.Dense(subject.Learned(data, [.. subject.Leading, subject.Queries, subject.Keys])),
        ["dense, of the keys"] = (data, subject) => AttentionBias.Dense(subject.Learned(data, 1, subject.Keys)),
        ["dense, of the queries"] = (data, subject) => AttentionBias.Dense(subject.Learned(data, subject.Queries, 1)),
        ["relative"] = (data, subject) => AttentionBias.Relative(subject.Learned(data, subject.Heads, 41)),
        ["relative and dense"] = (data, subject) =>
            AttentionBias.Relative(subject.Learned(data, 9)) + AttentionBias.Dense(subject.Learned(data, subject.Queries, subject.Keys)),
    };

    public static IEnumerable<TheoryDataRow<string, string>> Cases =>
        from normalizer in Normalizers.Keys
        from score in Scores.Keys
        select new TheoryDataRow<string, string>(normalizer, score);

    /// <summary>Every bias, under masks and in ranks that differ from one to the next.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheDenseOne(string normalizerName, string scoreName)
    {
        var seed = 0;
        foreach (var bias in Biases.Keys) Check(normalizerName, scoreName, bias, seed++, ScalarType.Float64);
        // A near tie or the edge of a support falls either way in lower precision.
        if (normalizerName is not ("softmax" or "expectation")) return;
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 }) Check(normalizerName, scoreName, "dense", seed++, dtype);
    }

    /// <summary>A query that was made in passing, as multi-head attention's are, is gone for the caller when backward runs.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void BackwardNeedsNoHandleOfTheCallers(double dropout)
    {
        using var scope = NewDisposeScope();
        using var score = new DotScore();
        using var normalizer = new Sparsemax();
        var data = new Data(17);
        var leaves = new[] { 1, 2, 3 }.Select(_ => data.Normal(ScalarType.Float32, 2, 70, Dim).requires_grad_()).ToArray();

        Attend(Blocks).sum().backward();
        var gradients = leaves.Select(leaf => Grid.Of(leaf.grad!)).ToArray();
        if (dropout > 0) return; // which other kernels draw differently

        foreach (var leaf in leaves) leaf.grad = null;
        Attend(Kernel.Dense).sum().backward();
        for (var n = 0; n < leaves.Length; n++) Close.Reordered(ScalarType.Float32).Check(gradients[n], Grid.Of(leaves[n].grad!), $"gradient {n}");

        Tensor Attend(Kernel kernel)
        {
            using var inner = NewDisposeScope();
            var made = leaves.Select(leaf => leaf.Times(1.5)).ToArray();
            var call = new AttentionCall(made[0], made[1], made[2], null, null, NeedWeights: false);
            return kernel.Attend(new KernelCall(score, normalizer, call, dropout)).Context.MoveToOuterDisposeScope();
        }
    }

    private static void Check(string normalizerName, string scoreName, string biasName, int seed, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var data = new Data(seed);
        var leading = Sizes.Leading(2 + seed % 3);
        var (l, s) = (40 + data.Next(100), 1 + data.Next(150));
        var subject = new Subject(dtype, leading, l, s);
        Tensor[] inputs = [subject.Learned(data, [.. leading, l, Dim]), subject.Learned(data, [.. leading, s, Dim]), subject.Learned(data, [.. leading, s, 7])];
        using var normalizer = Normalizers[normalizerName](subject.Heads);
        using var score = Scores[scoreName]();
        normalizer.to(dtype);
        score.to(dtype);
        subject.Leaves.AddRange([.. normalizer.parameters(), .. score.parameters()]);
        var bias = Biases[biasName](data, subject);
        var mask = KernelTests.Mask(false, data, leading, s);
        var needWeights = data.Next(2) == 0;
        var (forContext, forWeights) = (data.Normal(dtype, [.. leading, l, 7]), data.Normal(dtype, [.. leading, l, s]));

        // Some blocks are a few items of the batch instead.
        var (actual, expected) = (Run(seed < 3 ? Blocks : new ChunkedKernel(blockSize: 1 << (16 + seed % 3))), Run(Kernel.Dense));

        // Some hundred terms, summed in another order; in bfloat16 products of a block and of all rows are rounded apart.
        var epsilon = (dtype == ScalarType.BFloat16 ? 12 : 300) * Close.Epsilon(dtype);
        foreach (var (what, numbers) in expected)
            new Close($"{dtype} sums of some hundred terms in another order", epsilon * Math.Max(1, numbers.Largest), epsilon)
                .Check(actual[what], numbers, $"{what} of ({l}, {s}), seed {seed}, bias {biasName}");

        Dictionary<string, Grid> Run(Kernel kernel)
        {
            using var inner = NewDisposeScope();
            foreach (var leaf in subject.Leaves) leaf.grad = null;
            var output = kernel.Attend(Call(score, normalizer, inputs, mask, bias, needWeights));
            var result = new Dictionary<string, Grid> { ["context"] = Grid.Of(output.Context) };
            if (needWeights) result["weights"] = Grid.Of(output.Weights);
            var loss = (output.Context * forContext).sum();
            (needWeights ? Numbers.Sum(loss, (output.Weights * forWeights).sum()) : loss).backward();
            foreach (var leaf in subject.Leaves)
                result[$"gradient {result.Count} ({string.Join(", ", leaf.shape)})"] = leaf.grad is { } gradient ? Grid.Of(gradient) : Grid.Zeros(leaf.shape);
            return result;
        }
    }

    /// <summary>One query and key for a batch of values: the weights are no batch, and their gradient counts once.</summary>
    [Fact]
    public void ValuesMayShareTheirWeights()
    {
        using var scope = NewDisposeScope();
        var data = new Data(30);
        Tensor[] inputs =
        [
            data.Normal(1, 3, 40, Dim).requires_grad_(), data.Normal(1, 1, 17, Dim).requires_grad_(), data.Normal(5, 3, 17, 7).requires_grad_(),
        ];
        var (forContext, forWeights) = (data.Normal(5, 3, 40, 7), data.Normal(1, 3, 40, 17));
        using var score = new DotScore();
        using var softmax = new Softmax();
        var expected = Run(Kernel.Dense);
        foreach (var (actual, numbers) in Run(Blocks).Zip(expected)) Close.Reordered(ScalarType.Float64).Check(actual, numbers, "output or gradient");

        List<Grid> Run(Kernel kernel)
        {
            foreach (var input in inputs) input.grad = null;
            var output = kernel.Attend(Call(score, softmax, inputs, needWeights: true));
            Numbers.Sum((output.Context * forContext).sum(), (output.Weights * forWeights).sum()).backward();
            return [Grid.Of(output.Context), Grid.Of(output.Weights), .. inputs.Select(input => Grid.Of(input.grad!))];
        }
    }

    /// <summary>With the identity as values the context is what dropout left of the weights; the values' gradient is made of the same.</summary>
    [Fact]
    public void BackwardDropsWhatForwardDropped()
    {
        using var scope = NewDisposeScope();
        var data = new Data(31);
        Tensor[] inputs = [data.Normal(100, Dim), data.Normal(70, Dim), eye(70, dtype: ScalarType.Float64, device: CPU).requires_grad_()];
        var upstream = data.Normal(100, 70);
        using var score = new DotScore();
        using var softmax = new Softmax();

        var output = Blocks.Attend(Call(score, softmax, inputs, needWeights: true, dropout: 0.5));
        output.Context.backward([upstream]);

        var dropped = output.Context.Is(0);
        Assert.InRange(dropped.sum().item<long>(), 3000, 4000); // of 7,000 fair coins: 12 standard deviations
        Close.Exact.Check(output.Context, output.Weights.Times(2).Fill(dropped, 0), "context");
        Close.Reordered(ScalarType.Float64).Check(inputs[2].grad!, output.Context.detach().transpose(0, 1).matmul(upstream), "gradient of the values");
        var again = Blocks.Attend(Call(score, softmax, inputs, dropout: 0.5)).Context.Is(0);
        Assert.False(again.eq(dropped).all().item<bool>(), "a second call drops the same");
    }

    /// <summary>Of every device: a generator knows the CPU alone, and what it draws goes to where the weights are.</summary>
    [Fact]
    public void DropoutIsDrawnOnTheCpu()
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs = [.. new long[] { 100, 70, 70 }.Select(rows => empty(rows, Dim, device: new Device(DeviceType.META)))];
        using var score = new DotScore();
        using var softmax = new Softmax();
        var call = new ChunkedCall(score, softmax, Call(score, softmax, inputs).Inputs, [], Dropout: 0.5, Seed: 1);
        using var chance = call.Chance()!;
        Assert.Equal(DeviceType.CPU, chance.device.type);
        Assert.Equal(DeviceType.META, call.Drops(inputs[1], chance)!.device_type);
    }

    [Fact]
    public void HasSecondDerivatives()
    {
        using var scope = NewDisposeScope();
        var data = new Data(32);
        Tensor[] inputs = [.. new long[] { 40, 3, 3 }.Select(rows => data.Normal(rows, 2).requires_grad_())];
        using var score = new BilinearScore(2, 2, bias: true);
        using var normalizer = new Entmax(1.6, learnable: true);
        score.to(ScalarType.Float64);
        normalizer.to(ScalarType.Float64);
        var (upstream, direction) = (data.Normal(40, 2), data.Normal(40, 2));
        var leaves = inputs.Concat(score.parameters()).Concat(normalizer.parameters()).ToArray();
        // Of random weights some bring a key so near the threshold that a difference goes across it.
        using (no_grad())
            foreach (var parameter in score.parameters()) parameter.copy_(data.Normal(parameter.shape));

        GradCheck.CheckDirections(Slope, [.. leaves.Select((leaf, n) => ($"input {n}", leaf))]);

        Tensor Slope()
        {
            using var inner = NewDisposeScope();
            using var gradients = enable_grad();
            var context = Blocks.Attend(Call(score, normalizer, inputs, AttentionMask.Causal)).Context;
            var gradient = autograd.grad([context], [inputs[0]], [upstream], create_graph: true)[0];
            return (gradient * direction).sum().MoveToOuterDisposeScope();
        }
    }

    /// <summary>The mode is that of forward, and stays what it is now.</summary>
    [Fact]
    public void AModeThatIsChangedBeforeBackwardDoesNotMatter()
    {
        using var scope = NewDisposeScope();
        var data = new Data(33);
        Tensor[] inputs = [data.Normal(50, Dim).requires_grad_(), data.Normal(7, Dim), data.Normal(7, Dim)];
        using var score = new DotScore();
        using var estimator = new StraightThrough();
        var expected = Gradient(Kernel.Dense, () => { });
        Close.Reordered(ScalarType.Float64).Check(Gradient(Blocks, estimator.eval), expected, "gradient");
        Assert.False(estimator.training);

        Grid Gradient(Kernel kernel, Action between)
        {
            inputs[0].grad = null;
            estimator.train();
            var context = kernel.Attend(Call(score, estimator, inputs)).Context;
            between();
            context.sum().backward();
            return Grid.Of(inputs[0].grad!);
        }
    }

    /// <summary>As any operation of torch that needs its inputs for its gradient; and the process lives on.</summary>
    [Fact]
    public void AnInputThatIsChangedBeforeBackwardIsRefused()
    {
        using var scope = NewDisposeScope();
        var data = new Data(34);
        Tensor[] inputs = [data.Normal(50, Dim).requires_grad_(), data.Normal(7, Dim), data.Normal(7, Dim)];
        using var score = new BilinearScore(Dim, Dim, bias: true);
        using var softmax = new Softmax();
        score.to(ScalarType.Float64);
        var context = Blocks.Attend(Call(score, softmax, inputs)).Context;
        using (no_grad()) score.parameters().Last().zero_();
        Assert.ThrowsAny<Exception>(() => context.sum().backward());

        Blocks.Attend(Call(score, softmax, inputs)).Context.sum().backward();
        Assert.True(inputs[0].grad!.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void LeavesWhatItReturns(bool needWeights, long expected)
    {
        using var scope = NewDisposeScope();
        var data = new Data(35);
        Tensor[] inputs = [.. new long[] { 100, 70, 70 }.Select(rows => data.Normal(2, rows, Dim).requires_grad_())];
        using var score = new AdditiveScore(Dim, Dim, 3);
        using var sparsemax = new Sparsemax();
        score.to(ScalarType.Float64);
        var call = Ask();
        Backward(); // makes the gradients of the leaves
        NoLeaks.Leaves(expected, () => Blocks.Attend(call), "forward");
        NoLeaks.LeavesNone(Backward, "forward and backward");

        KernelCall Ask() => Call(score, sparsemax, inputs, AttentionMask.Causal, needWeights: needWeights, dropout: 0.1);

        void Backward()
        {
            using var inner = NewDisposeScope();
            var output = Blocks.Attend(Ask());
            (needWeights ? Numbers.Sum(output.Context.sum(), output.Weights.sum()) : output.Context.sum()).backward();
        }
    }

    private static KernelCall Call(
        Score score, Normalizer normalizer, Tensor[] inputs, AttentionMask? mask = null, AttentionBias? bias = null, bool needWeights = false,
        double dropout = 0)
    {
        var shape = AttentionShape.Of(inputs[0], inputs[1], inputs[2]);
        var call = new AttentionCall(inputs[0], score.Prepare(inputs[1]), inputs[2], mask?.Meeting(shape), bias?.AddedTo(shape), needWeights);
        return new KernelCall(score, normalizer, call, dropout);
    }

    /// <summary>The sizes of one case, and what learns in it.</summary>
    private sealed record Subject(ScalarType DType, long[] Leading, long Queries, long Keys)
    {
        internal List<Tensor> Leaves { get; } = [];

        internal long Heads => Leading.Length == 0 ? 1 : Leading[^1];

        internal Tensor Learned(Data data, params long[] shape)
        {
            Leaves.Add(data.Normal(DType, shape).requires_grad_());
            return Leaves[^1];
        }
    }
}
