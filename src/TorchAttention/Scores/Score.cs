using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>How alike is each query to each key? query (…, l, d), key (…, s, d) → scores (…, l, s).</summary>
/// <remarks>
/// A score of your own derives from this class and implements <see cref="Compare"/>, and <see cref="Prepare"/> if part of
/// its work depends on the keys alone.
/// </remarks>
public abstract class Score : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Creates a score for queries and keys of the given sizes.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="queryDim">The size of a query; null for any.</param>
    /// <param name="keyDim">The size of a key; null for the query's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    protected Score(string name, long? queryDim, long? keyDim)
        : base(name)
    {
        QueryDim = Guard.Size(queryDim, nameof(queryDim));
        KeyDim = Guard.Size(keyDim, nameof(keyDim));
    }

    /// <summary>The size of a query, or null where any size goes.</summary>
    public long? QueryDim { get; }

    /// <summary>The size of a key, or null where any size goes that is the query's.</summary>
    public long? KeyDim { get; }

    /// <summary>Scores every pair.</summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="key">(…, s, d).</param>
    /// <returns>The scores (…, l, s).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit.</exception>
    public sealed override Tensor forward(Tensor query, Tensor key)
    {
        Guard.Pair(this, query, key);
        using var scope = NewDisposeScope();
        return Compare(query, Prepare(key)).MoveToOuterDisposeScope();
    }

    /// <summary>The part of the work that depends on the keys alone; by default none.</summary>
    /// <param name="key">(…, s, d).</param>
    /// <returns>The prepared keys (…, s, ·), for <see cref="Compare"/>.</returns>
    protected internal virtual Tensor Prepare(Tensor key) => key;

    /// <summary>Scores queries against keys that <see cref="Prepare"/> returned.</summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="preparedKey">(…, s, ·).</param>
    /// <returns>The scores (…, l, s).</returns>
    protected internal abstract Tensor Compare(Tensor query, Tensor preparedKey);

    /// <summary>
    /// The same scores, before <see cref="Cap"/>, as scale · query · preparedKeyᵀ, which fused kernels compute; null where they are no
    /// such product.
    /// </summary>
    internal virtual (Tensor Query, double Scale)? Product(Tensor query) => null;

    /// <summary>How many numbers are in memory for each pair while scores are computed.</summary>
    internal virtual long Breadth(Tensor preparedKey) => 1;

    /// <summary>The bound c of scores that are c · tanh(product / c); null for none.</summary>
    internal virtual double? Cap => null;
}
