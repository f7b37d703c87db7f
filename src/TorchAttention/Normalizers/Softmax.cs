using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Soft attention: weight_j = exp(score_j) / Σ exp(score), over the keys that are present.</summary>
/// <remarks>Every present key gets some weight. Source: Bridle (1990); in attention: Bahdanau, Cho and Bengio (2015).</remarks>
public sealed class Softmax : Normalizer
{
    /// <summary>Creates the normalizer.</summary>
    public Softmax()
        : base(nameof(Softmax)) => RegisterComponents();

    private protected override Tensor Distribute(Tensor scores, Tensor? allowed)
    {
        if (scores.device_type != DeviceType.CPU) return base.Distribute(scores, allowed);
        return allowed is null && Present.IsComplete(scores)
            ? Normalize(scores) // libtorch's kernel knows no absent entries
            : EntmaxFunction.Apply(scores, 1, allowed);
    }

    /// <inheritdoc/>
    protected override Tensor Normalize(Tensor scores) => scores.softmax(-1);
}
