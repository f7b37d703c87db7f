using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// What a mechanism computes, told twice: in float64 loops (the oracle's), and written out in torch (the naive computation that
/// sets the error budget).
/// </summary>
internal abstract record Reference(long QueryDim, long KeyDim, long ValueDim)
{
    /// <summary>The size of a context.</summary>
    internal virtual long ContextDim => ValueDim;

    /// <summary>Heads that the module itself makes, for weights (…, h, l, s); null for weights (…, l, s).</summary>
    internal virtual long? Heads => null;

    /// <summary>Whether the mechanism itself lets the pair meet; a mask restricts it further.</summary>
    internal virtual bool InBand(long i, long j, long queries, long keys) => true;

    /// <summary>The context of a query that may attend to no key.</summary>
    internal virtual Grid EmptyContext(Attention attention) => Grid.Zeros(ContextDim);

    internal abstract (Grid Context, Grid Weights) Oracle(Attention attention, Inputs inputs, PairAllowed allowed, Grid? bias = null);

    internal abstract (Tensor Context, Tensor Weights) Naive(Attention attention, Inputs inputs, PairAllowed allowed);

    /// <summary>The leading sizes of the scores, which masks are made for; unbatched inputs count as a batch of one before heads.</summary>
    internal long[] Scores(long[] leading) => Heads is not { } heads ? leading : leading.Length == 0 ? [1, heads] : [.. leading, heads];

    /// <summary>The leading sizes of the weights.</summary>
    internal long[] Weights(long[] leading) => Heads is { } heads ? [.. leading, heads] : leading;
}
