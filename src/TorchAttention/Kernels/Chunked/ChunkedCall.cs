using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A call that is worked on in blocks: all that forward and backward need to do the same.</summary>
/// <param name="Score">How alike a query and a key are.</param>
/// <param name="Normalizer">What turns scores into weights.</param>
/// <param name="Inputs">The whole call.</param>
/// <param name="Blocks">The blocks that have keys.</param>
/// <param name="Dropout">The probability with which a weight is dropped.</param>
/// <param name="Seed">What dropout's choices follow from.</param>
internal sealed record ChunkedCall(
    Score Score, Normalizer Normalizer, AttentionCall Inputs, IReadOnlyList<QueryBlock> Blocks, double Dropout, ulong Seed)
{
    private readonly bool training = Normalizer.training;

    /// <summary>What all is computed in, and where: known still when the caller has disposed of the inputs' handles.</summary>
    internal ScalarType DType { get; } = Inputs.Query.dtype;

    /// <inheritdoc cref="DType"/>
    internal Device Device { get; } = Inputs.Query.device;

    /// <summary>What learns beside the inputs.</summary>
    internal Tensor[] Parameters { get; } = [.. Score.parameters(), .. Normalizer.parameters()];

    internal bool NeedsGraph => is_grad_enabled() && Inputs.Tensors.Concat(Parameters).Any(tensor => tensor is { requires_grad: true });

    /// <summary>Context and weights, without a graph.</summary>
    internal AttentionOutput Forward()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var chance = Chance();
        var tensors = Inputs.Tensors;
        Tensor? context = null, weights = null;
        foreach (var block in Blocks)
        {
            using var inner = NewDisposeScope();
            var parts = block.Of(tensors);
            var part = Weights(block, parts);
            var mean = Kept(part, Drops(part, chance)).matmul(parts[2]!);
            context ??= Whole(mean, mean.size(-1));
            block.OfQueries(context).copy_(mean);
            if (!Inputs.NeedWeights) continue;
            weights ??= Whole(part, Inputs.Key.size(-2));
            block.OfPairs(weights).copy_(part);
        }
        return new AttentionOutput(context!, weights).MoveToOuterDisposeScope();
    }

    /// <summary>The weights of a block, before dropout.</summary>
    internal Tensor Weights(QueryBlock block, Tensor?[] parts)
    {
        var call = new KernelCall(Score, Normalizer, Inputs.Within(block, parts), 0);
        return Normalizer.call(DenseKernel.Scores(call), call.Inputs.Allowed);
    }

    /// <summary>The factors of dropout for the weights of a block: zero, or what the others grow by; null where it is off.</summary>
    internal Tensor? Drops(Tensor weights, Generator? chance) => chance is null
        ? null
        : empty(weights.shape, dtype: ScalarType.Bool, device: CPU).bernoulli_(1 - Dropout, chance)
            .to(weights.device).to(weights.dtype).Over(1 - Dropout);

    internal static Tensor Kept(Tensor weights, Tensor? drops) => drops is null ? weights : weights * drops;

    /// <summary>
    /// Where the choices of dropout come from, for all blocks in their order; null where none are made. It draws on the CPU: TorchSharp
    /// makes a generator of the CPU whatever device it is asked for.
    /// </summary>
    internal Generator? Chance() => Dropout > 0 ? new Generator(Seed, CPU) : null;

    /// <summary>Runs with the normalizer in the mode of the call, whatever it is in now.</summary>
    internal void InItsMode(Action action)
    {
        var now = Normalizer.training;
        if (now != training) Normalizer.train(training);
        try
        {
            action();
        }
        finally
        {
            if (now != training) Normalizer.train(now);
        }
    }

    /// <summary>For all queries what a block is for some; zeros where a query has no keys or is out of a key's reach.</summary>
    private Tensor Whole(Tensor part, long columns)
    {
        long[] leading = part.shape[..^2];
        if (Blocks[^1].Items is { First: > 0 } items) leading[0] = items.End;
        if (Blocks[^1].Heads is { First: > 0 } heads) leading[^1] = heads.End;
        return zeros([.. leading, Inputs.Query.size(-2), columns], dtype: part.dtype, device: part.device).MoveToOuterDisposeScope();
    }
}
