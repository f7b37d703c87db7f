using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Soft attention: weight_j = exp(score_j) / Σ exp(score), over the keys that are present.</summary>
/// <remarks>Every present key gets some weight. Source: Bridle (1990); in attention: Bahdanau, Cho and Bengio (2015).</remarks>
public sealed class Softmax : Normalizer
{
    /// <summary>Creates the normalizer.</summary>
    public Softmax()
        : base(nameof(Softmax)) => RegisterComponents();

    /// <inheritdoc/>
    protected override Tensor Normalize(Tensor scores) => scores.softmax(-1);
}
