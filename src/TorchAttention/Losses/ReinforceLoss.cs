using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Turns the reward of a choice into the loss that teaches it, the score-function estimator: for each query
/// rewardWeight · (reward - baseline) · (-log p(sample)) - entropyWeight · entropy.
/// </summary>
/// <remarks>
/// <para>
/// It is an auxiliary loss, to be added to the model's own. Its gradient in the scores is that of the expected reward, which
/// the baseline leaves unbiased while it lowers the variance; no gradient flows into the reward.
/// </para>
/// <para>
/// The baseline is a moving average: b ← decay · b + (1 - decay) · mean reward after each call in training mode, from 0 on. The
/// buffer <c>baseline</c> of the state_dict holds it, so that it is saved and moved with the module.
/// </para>
/// <para>
/// What <see cref="HardAttention"/> returned for queries (…, l) and a reward that broadcasts to (…, l), such as one per
/// sentence (b, 1), give a loss without dimensions, or (…, l) without reduction. A query that chose nothing adds no reward.
/// </para>
/// <para>
/// Sources: Williams (1992); Weaver and Tao (2001) for the baseline; Xu et al. (2015), whose reward is the log-likelihood of the
/// model's answer, with decay 0.9.
/// </para>
/// </remarks>
public sealed class ReinforceLoss : nn.Module<AttentionOutput, Tensor, Tensor?, Tensor>
{
    private readonly double rewardWeight;
    private readonly double entropyWeight;
    private readonly double decay;
    private readonly nn.Reduction reduction;

    /// <summary>Creates the loss.</summary>
    /// <param name="rewardWeight">The factor of the reward.</param>
    /// <param name="entropyWeight">The factor of the entropy, which keeps the attention from choosing for good too early.</param>
    /// <param name="decay">How much of the baseline stays at each step, in [0, 1).</param>
    /// <param name="reduction">Mean or sum over the queries that count, or none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite, or another argument is out of range.</exception>
    public ReinforceLoss(
        double rewardWeight = 1, double entropyWeight = 0, double decay = 0.9, nn.Reduction reduction = nn.Reduction.Mean)
        : base(nameof(ReinforceLoss))
    {
        this.rewardWeight = Guard.NotNegative(rewardWeight, nameof(rewardWeight));
        this.entropyWeight = Guard.NotNegative(entropyWeight, nameof(entropyWeight));
        this.decay = Guard.Probability(decay, nameof(decay));
        this.reduction = Guard.Defined(reduction, nameof(reduction));
        register_buffer("baseline", zeros([], dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope());
        RegisterComponents();
    }

    /// <summary>The loss where every query counts.</summary>
    /// <param name="output">What <see cref="HardAttention"/> returned.</param>
    /// <param name="reward">The reward of each choice, broadcastable to (…, l), of any real dtype.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentException">The output is of no choice, or a shape or device does not fit.</exception>
    public Tensor call(AttentionOutput output, Tensor reward) => call(output, reward, null);

    /// <summary>The loss, and in training mode the next baseline.</summary>
    /// <param name="output">What <see cref="HardAttention"/> returned.</param>
    /// <param name="reward">The reward of each choice, broadcastable to (…, l), of any real dtype; larger is better.</param>
    /// <param name="counted">
    /// Bool, broadcastable to (…, l), true where a query counts; null for everywhere. The rest may hold anything.
    /// </param>
    /// <returns>The loss; zero if no query counts.</returns>
    /// <exception cref="ArgumentException">The output is of no choice, or a shape, dtype or device does not fit.</exception>
    public override Tensor forward(AttentionOutput output, Tensor reward, Tensor? counted)
    {
        Guard.Choices(output, reward, counted, Baseline);
        using var scope = NewDisposeScope();
        var logProbability = Precise(output.LogProbability!); // (…, l), as all that follow
        var ignored = counted is null ? zeros_like(logProbability, ScalarType.Bool, logProbability.device) : counted.logical_not();
        var rewards = reward.detach().to(logProbability.dtype).expand(logProbability.shape).Fill(ignored, 0);
        var count = ignored.logical_not().expand(logProbability.shape).sum();

        var advantage = rewards - Baseline.to(logProbability.dtype);
        var losses = -(advantage * logProbability).Times(rewardWeight) - Precise(output.Entropy!).Times(entropyWeight);
        var loss = Reduce(losses.Fill(ignored, 0), count).MoveToOuterDisposeScope();
        if (training) Follow(rewards.sum() / count.NotBelow(1), count);
        return loss;
    }

    private Tensor Baseline => get_buffer("baseline")!;

    private static Tensor Precise(Tensor tensor) =>
        tensor.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? tensor.to(ScalarType.Float32) : tensor;

    private Tensor Reduce(Tensor losses, Tensor count) => reduction switch
    {
        nn.Reduction.None => losses,
        nn.Reduction.Sum => losses.sum(),
        _ => losses.sum() / count.NotBelow(1),
    };

    /// <summary>Moves the baseline towards a mean reward, unless that is the mean of nothing.</summary>
    private void Follow(Tensor meanReward, Tensor count)
    {
        using var noGradient = no_grad();
        var way = (meanReward - Baseline.to(meanReward.dtype)) * count.AtLeast(1);
        Baseline.copy_(Numbers.Sum(Baseline, way.Times(1 - decay)));
    }
}
