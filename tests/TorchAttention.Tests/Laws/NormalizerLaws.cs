using FsCheck.Xunit;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Laws;

/// <summary>Laws of the normalizers, for any scores.</summary>
[Properties(MaxTest = 1000, Replay = "20241,109", Arbitrary = [typeof(ScoresCase)], QuietOnSuccess = true)]
public class NormalizerLaws
{
    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    /// <summary>A score of a few dozen loses that many units of its last place when it is shifted.</summary>
    private static readonly Close Shifted = new("shifted scores are rounded at their new size", 64 * 64 * Close.Epsilon(ScalarType.Float64));

    [Property]
    public void RowsSumToOne(ScoresCase @case) => @case.Run((kind, normalizer, scores, data) =>
    {
        var allowed = data.Bool(0.6, scores.shape);
        var weights = normalizer.call(scores, allowed);
        Assert.True(weights.AtLeast(0).all().item<bool>(), "a weight is negative");
        Close.Exact.Check(weights.Fill(allowed, 0), zeros_like(weights), "weights of what is not allowed");
        var expected = allowed.any(-1).to(ScalarType.Float64);
        if (kind.Is(Traits.Unnormalized)) Assert.True((expected.Plus(1e-14) - weights.sum(-1)).AtLeast(0).all().item<bool>(), "a sum is above one");
        else Rounding.Check(weights.sum(-1), expected, "sums");
    });

    [Property]
    public void PermutingScoresPermutesWeights(ScoresCase @case) => @case.Run((_, normalizer, scores, data) =>
    {
        var order = data.Normal(scores.size(-1)).argsort();
        Rounding.Check(
            normalizer.call(scores.index_select(-1, order), null), normalizer.call(scores, null).index_select(-1, order), "weights");
    });

    [Property]
    public void MaskingEqualsDeleting(ScoresCase @case) => @case.Run((_, normalizer, scores, data) =>
    {
        var allowed = data.Bool(0.6, scores.size(-1));
        var kept = allowed.nonzero().squeeze(-1);
        Rounding.Check(
            normalizer.call(scores, allowed).index_select(-1, kept), normalizer.call(scores.index_select(-1, kept), null), "weights");
    });

    [Property]
    public void ShiftingScoresChangesNothing(ScoresCase @case) => @case.Run((kind, normalizer, scores, data) =>
    {
        if (kind.Is(Traits.SeesShifts)) return;
        var shift = data.Normal(scores.size(0), 1).Times(10);
        Shifted.Check(normalizer.call(Numbers.Sum(scores, shift), null), normalizer.call(scores, null), "weights");
    });

    /// <summary>The same, said of the gradient: pushing all scores of a row alike pushes no weight.</summary>
    [Property]
    public void GradientsSumToZero(ScoresCase @case) => @case.Run((kind, normalizer, scores, data) =>
    {
        if (kind.Is(Traits.SeesShifts)) return;
        var leaf = scores.requires_grad_();
        normalizer.call(leaf, null).backward([data.Normal(scores.shape)]);
        var size = leaf.grad!.abs().sum(-1).Plus(1);
        Rounding.Check(leaf.grad.sum(-1) / size, zeros(scores.size(0), device: CPU), "sums of the gradient, in units of its size");
    });

    /// <summary>What has the higher score has no less weight.</summary>
    [Property]
    public void WeightsAreInTheOrderOfTheScores(ScoresCase @case) => @case.Run((_, normalizer, scores, _) =>
    {
        var order = scores.argsort(-1, descending: true);
        var sorted = normalizer.call(scores, null).gather(-1, order);
        var steps = sorted.narrow(-1, 0, sorted.size(-1) - 1) - sorted.narrow(-1, 1, sorted.size(-1) - 1);
        Assert.True(steps.AtLeast(-1e-15).all().item<bool>(), "a lower score has more weight");
    });

    /// <summary>
    /// What makes weights those of entmax: (α - 1) z - p^(α - 1) is the threshold τ for every key in the support, and
    /// (α - 1) z is at most τ for every other.
    /// </summary>
    [Property]
    public void EntmaxHasOneThreshold(ScoresCase @case) => @case.Run((scores, data) =>
    {
        foreach (var alpha in new[] { 1.1 + (0.1 * data.Next(20)), 1.5, 2 })
        {
            using var normalizer = new Entmax(alpha);
            var weights = normalizer.call(scores, null);
            var scaled = scores.Times(alpha - 1);
            var support = weights.greater(zeros_like(weights));
            var thresholds = scaled - weights.pow(tensor(alpha - 1, dtype: ScalarType.Float64, device: CPU));
            var highest = thresholds.Fill(support.logical_not(), double.NegativeInfinity).amax([-1], keepdim: true);
            var lowest = thresholds.Fill(support.logical_not(), double.PositiveInfinity).amin([-1], keepdim: true);
            Shifted.Check(highest, lowest, $"thresholds of the support, α = {alpha}");
            var outside = scaled.Fill(support, double.NegativeInfinity) - lowest;
            Assert.True(outside.AtMost(Shifted.Absolute).all().item<bool>(), $"a key above the threshold has no weight, α = {alpha}");
        }
    });

    /// <summary>The general formula at the two α that have formulas of their own.</summary>
    [Property]
    public void EntmaxMeetsItsSpecialCases(ScoresCase @case) => @case.Run((scores, _) =>
    {
        using var entmax15 = new Entmax15();
        using var sparsemax = new Sparsemax();
        foreach (var (alpha, normalizer) in new (double, Normalizer)[] { (1.5, entmax15), (2, sparsemax) })
        {
            var general = EntmaxFunction.Apply(scores, tensor(alpha, dtype: ScalarType.Float64, device: CPU));
            Rounding.Check(general, normalizer.call(scores, null), $"weights for α = {alpha}");
        }
    });

    /// <summary>A distribution is nearest to itself.</summary>
    [Property]
    public void SparsemaxLeavesADistribution(ScoresCase @case) => @case.Run((_, normalizer, scores, _) =>
    {
        using var softmax = new Softmax();
        using var sparsemax = new Sparsemax();
        var distribution = softmax.call(normalizer.call(scores, null), null);
        Rounding.Check(sparsemax.call(distribution, null), distribution, "a dense distribution");
        var sparse = sparsemax.call(scores, null);
        Rounding.Check(sparsemax.call(sparse, null), sparse, "a sparse distribution");
    });

    /// <summary>All keys, or more than there are, is softmax; one is the choice of the highest.</summary>
    [Property]
    public void TopKReachesFromArgmaxToSoftmax(ScoresCase @case) => @case.Run((scores, data) =>
    {
        using var softmax = new Softmax();
        using var all = new TopK(scores.size(-1) + data.Next(2));
        using var one = new TopK(1);
        using var some = new TopK(1 + data.Next((int)scores.size(-1)));
        Close.Exact.Check(all.call(scores, null), softmax.call(scores, null), "weights of all");
        Close.Exact.Check(one.call(scores, null).argmax(-1), scores.argmax(-1), "the one key");
        var kept = some.call(scores, null);
        var rest = softmax.call(scores, null).Fill(kept.Is(0), 0);
        Rounding.Check(kept, rest / rest.sum(-1, keepdim: true), "weights of some");
    });

    /// <summary>A sink takes from every key the same share.</summary>
    [Property]
    public void ASinkScalesSoftmax(ScoresCase @case) => @case.Run((scores, _) =>
    {
        using var softmax = new Softmax();
        using var sink = new AttentionSink(1);
        sink.to(ScalarType.Float64);
        var mass = scores.logsumexp(-1, keepdim: true).sigmoid(); // Σ exp / (1 + Σ exp), with the sink at zero
        Rounding.Check(sink.call(scores, null), softmax.call(scores, null) * mass, "weights");
    });
}
