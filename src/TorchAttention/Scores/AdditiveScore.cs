using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A network of one hidden layer: score = vᵀ tanh(W q + U k + b), for queries and keys of different sizes.</summary>
/// <remarks>
/// It holds an intermediate (…, l, s, hidden), so it costs that much memory; b is optional. Source: Bahdanau, Cho and Bengio
/// (2015); called "concat" by Luong, Pham and Manning (2015), since W q + U k = [W U] [q; k].
/// </remarks>
public sealed class AdditiveScore : Score
{
    [ComponentName(Name = "query_projection")]
    private readonly Linear queryProjection;

    [ComponentName(Name = "key_projection")]
    private readonly Linear keyProjection;

    private readonly Linear energy;

    /// <summary>Creates the score.</summary>
    /// <param name="queryDim">The size of a query.</param>
    /// <param name="keyDim">The size of a key.</param>
    /// <param name="hiddenDim">The size of the hidden layer.</param>
    /// <param name="bias">Whether to learn b.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public AdditiveScore(long queryDim, long keyDim, long hiddenDim, bool bias = false)
        : base(nameof(AdditiveScore), queryDim, keyDim)
    {
        Guard.Size(hiddenDim, nameof(hiddenDim));
        queryProjection = nn.Linear(queryDim, hiddenDim, hasBias: bias, device: CPU);
        keyProjection = nn.Linear(keyDim, hiddenDim, hasBias: false, device: CPU);
        energy = nn.Linear(hiddenDim, 1, hasBias: false, device: CPU);
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected internal override Tensor Prepare(Tensor key) => keyProjection.call(key); // (…, s, hidden)

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey)
    {
        var rows = queryProjection.call(query).unsqueeze(-2); // (…, l, 1, hidden)
        var columns = preparedKey.unsqueeze(-3);              // (…, 1, s, hidden)
        return energy.call(Numbers.Sum(rows, columns).tanh()).squeeze(-1);
    }
}
