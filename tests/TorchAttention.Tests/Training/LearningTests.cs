using TorchSharp;
using Xunit;
using Xunit.Sdk;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>
/// Every mechanism learns: trained from scratch it comes to the known solution of a small task, in some dozen steps. Hard
/// attention is judged in eval mode, by the key of highest score alone, whatever was sampled or mixed in training.
/// </summary>
public class LearningTests
{
    private const double Goal = 0.98;
    private const long Dim = 11;
    private const long ValueDim = 13;

    private static readonly Lesson[] Lessons =
    [
        new("dot", Exercise.FirstMatch(), () => new SoftAttention(new DotScore())),
        new("cosine", Exercise.FirstMatch(), () => new SoftAttention(new CosineScore(scale: 8))),
        new("bilinear", Exercise.FirstMatch(), () => new SoftAttention(new BilinearScore(Dim, Dim))),
        new("additive", Exercise.FirstMatch(), () => new SoftAttention(new AdditiveScore(Dim, Dim, 19))),
        new("scaled dot-product", Exercise.Reverse(), () => new ScaledDotProductAttention(Dim, Dim, ValueDim)),
        new("scaled dot-product", Exercise.Needle(), () => new ScaledDotProductAttention(Dim, Dim, ValueDim)),
        new("local", Exercise.Copy(shift: 2), () => new LocalAttention(Dim, Dim, ValueDim, 2, 0)),
        new("multi-head", Exercise.FirstMatch(), () => new MultiHeadAttention(Dim, 1, valueDim: ValueDim)),
        // Wide enough to see every key from the middle, where centres start: out of the window there is no gradient to follow.
        new("predictive", Exercise.Reverse(keys: 7), () => new PredictiveLocalAttention(Dim, Dim, ValueDim, 4, 19)),
        new("straight-through", Exercise.FirstMatch(), () => Hard(new StraightThrough())),
        new("gumbel", Exercise.FirstMatch(), () => Hard(new Gumbel(1, new Generator(34, CPU)))),
        new("reinforce", Exercise.FirstMatch(), () => Hard(new Reinforce(0, new Generator(34, CPU))), RewardWeight: 1),
        new("semi-sampling", Exercise.FirstMatch(), () => Hard(new Reinforce(0.5, new Generator(34, CPU))), RewardWeight: 1),
        new("top-k marginal", Exercise.FirstMatch(), () => Hard(new TopKMarginal(3))),
        new("expectation", Exercise.FirstMatch(), () => Hard(new Expectation())),
    ];

    public static IEnumerable<TheoryDataRow<string>> Names => Lessons.Select(lesson => new TheoryDataRow<string>(lesson.ToString()));

    [Theory]
    [MemberData(nameof(Names))]
    public void ReachesTheSolution(string name)
    {
        var steps = Reaches(Lessons.Single(lesson => lesson.ToString() == name));
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {steps} steps");
    }

    /// <summary>The lessons can be failed: what a window does not hold cannot be learned.</summary>
    [Fact]
    public void NothingIsLearnedFromWhatIsOutOfSight() =>
        Fails(new("short-sighted", Exercise.Reverse(), () => new LocalAttention(Dim, Dim, ValueDim, 1, 1)));

    /// <summary>A sampled choice learns from its reward alone.</summary>
    [Fact]
    public void NothingIsLearnedWithoutAReward() =>
        Fails(new("unrewarded", Exercise.FirstMatch(), () => Hard(new Reinforce(0, new Generator(34, CPU))), RewardWeight: 0));

    /// <summary>A new mechanism comes with a lesson.</summary>
    [Fact]
    public void NoMechanismIsLeftOut()
    {
        var taught = new HashSet<Type>();
        foreach (var lesson in Lessons)
        {
            using var attention = lesson.Create();
            foreach (var module in attention.modules().Prepend(attention)) taught.Add(module.GetType());
        }
        Type[] mechanisms = [typeof(Attention), typeof(Score), typeof(Normalizer)];
        Assert.All(
            typeof(Attention).Assembly.GetTypes().Where(type => !type.IsAbstract && mechanisms.Any(type.IsAssignableTo)),
            type => Assert.Contains(type, taught));
    }

    private static int Reaches(Lesson lesson, int steps = 800)
    {
        using var scope = NewDisposeScope();
        var reinforce = lesson.RewardWeight is { } weight ? new ReinforceLoss(weight, entropyWeight: 0.02) : null;
        using var learner = new Reader(lesson.Exercise, lesson.Create(), Dim, Dim, ValueDim, reinforce);
        return Learning.Reaches(Goal, learner, lesson.Exercise, steps);
    }

    private static void Fails(Lesson lesson) => Assert.Throws<XunitException>(() => Reaches(lesson, steps: 200));

    private static HardAttention Hard(HardEstimator estimator) => new(new ScaledDotScore(Dim), estimator);

    private sealed record Lesson(string Mechanism, Exercise Exercise, Func<Attention> Create, double? RewardWeight = null)
    {
        public override string ToString() => $"{Mechanism} learns {Exercise}";
    }
}
