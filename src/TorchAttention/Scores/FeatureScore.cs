using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The score that makes softmax attention the linear one: score = log(φ(q) · φ(k)) with φ(x) = elu(x) + 1, so that
/// exp(score) = φ(q) · φ(k). Prepared keys are φ(k).
/// </summary>
internal sealed class FeatureScore : Score
{
    internal FeatureScore(long dim)
        : base(nameof(FeatureScore), dim, dim) => RegisterComponents();

    /// <summary>elu(x) + 1 = exp(min(x, 0)) + max(x, 0), without the rounding of exp(x) - 1 + 1 for a small exp(x).</summary>
    internal static Tensor Features(Tensor tensor) => Numbers.Sum(tensor.Capped(0).exp(), tensor.relu());

    /// <inheritdoc/>
    protected internal override Tensor Prepare(Tensor key) => Features(key);

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey)
    {
        var products = Features(query).matmul(preparedKey.transpose(-2, -1));
        var zero = products.Is(0); // where features underflow: filled before the logarithm too, whose gradient would be infinite
        return products.Fill(zero, 1).log().Fill(zero, double.NegativeInfinity);
    }
}
