using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A network of one hidden layer: score = vᵀ tanh(W q + U k + b), for queries and keys of different sizes.</summary>
/// <remarks>
/// <para>
/// It holds an intermediate (…, l, s, hidden), so it costs that much memory; b is optional. Source: Bahdanau, Cho and Bengio
/// (2015); called "concat" by Luong, Pham and Manning (2015), since W q + U k = [W U] [q; k].
/// </para>
/// <para>
/// <see cref="WeightNormalized"/> makes the form with g · v / ‖v‖ in place of v, where g is a learned number: the sharpness of the
/// attention is learned apart from its direction. Sources: Salimans and Kingma (2016); in attention TensorFlow's normed Bahdanau.
/// </para>
/// </remarks>
public sealed class AdditiveScore : Score
{
    [ComponentName(Name = "query_projection")]
    private readonly Linear queryProjection;

    [ComponentName(Name = "key_projection")]
    private readonly Linear keyProjection;

    private readonly Linear energy;
    private readonly Parameter? gain;

    /// <summary>Creates the score.</summary>
    /// <param name="queryDim">The size of a query.</param>
    /// <param name="keyDim">The size of a key.</param>
    /// <param name="hiddenDim">The size of the hidden layer.</param>
    /// <param name="bias">Whether to learn b.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public AdditiveScore(long queryDim, long keyDim, long hiddenDim, bool bias = false)
        : this(queryDim, keyDim, hiddenDim, bias, gain: null)
    {
    }

    private AdditiveScore(long queryDim, long keyDim, long hiddenDim, bool bias, double? gain)
        : base(nameof(AdditiveScore), queryDim, keyDim)
    {
        Guard.Size(hiddenDim, nameof(hiddenDim));
        queryProjection = nn.Linear(queryDim, hiddenDim, hasBias: bias, device: CPU);
        keyProjection = nn.Linear(keyDim, hiddenDim, hasBias: false, device: CPU);
        energy = nn.Linear(hiddenDim, 1, hasBias: false, device: CPU);
        this.gain = gain is { } start ? new Parameter(full(1, start, device: CPU)) : null;
        // The parameter must outlive a dispose scope that the module is made in.
        this.gain?.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Creates the score with g · v / ‖v‖ in place of v; g starts with 1 / √hidden, and b, which it has, with zero.</summary>
    /// <param name="queryDim">The size of a query.</param>
    /// <param name="keyDim">The size of a key.</param>
    /// <param name="hiddenDim">The size of the hidden layer.</param>
    /// <returns>The score.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static AdditiveScore WeightNormalized(long queryDim, long keyDim, long hiddenDim)
    {
        var score = new AdditiveScore(queryDim, keyDim, hiddenDim, bias: true, gain: 1 / Math.Sqrt(hiddenDim));
        nn.init.zeros_(score.queryProjection.bias!);
        return score;
    }

    /// <inheritdoc/>
    protected internal override Tensor Prepare(Tensor key) => keyProjection.call(key); // (…, s, hidden)

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey)
    {
        var rows = queryProjection.call(query).unsqueeze(-2); // (…, l, 1, hidden)
        var columns = preparedKey.unsqueeze(-3);              // (…, 1, s, hidden)
        var hidden = Numbers.Sum(rows, columns).tanh();       // (…, l, s, hidden)
        return (gain is null ? energy.call(hidden) : nn.functional.linear(hidden, Weight(gain))).squeeze(-1);
    }

    internal override long Breadth(Tensor preparedKey) => preparedKey.size(-1);

    private Tensor Weight(Parameter length) => nn.functional.normalize(energy.weight!, 2, -1) * length; // (1, hidden)
}
