using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Trains on the expected context, that is with the weights softmax(scores), and chooses one key only in eval mode.
/// </summary>
/// <remarks>
/// Exact gradients without variance, but the model is trained on mixtures that it will not see in eval mode.
/// Source: Xu et al. (2015), the deterministic counterpart of their hard attention.
/// </remarks>
public sealed class Expectation : HardEstimator
{
    /// <summary>Creates the estimator.</summary>
    public Expectation()
        : base(nameof(Expectation)) => RegisterComponents();

    /// <inheritdoc/>
    protected override Tensor Estimate(Tensor scores) => scores.softmax(-1);
}
