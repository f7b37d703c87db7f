using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using Xunit.Sdk;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>Every mechanism learns: trained from scratch it comes to the known solution of a small task, in some dozen steps.</summary>
public class LearningTests
{
    private const long Dim = 11;
    private const long ValueDim = 13;

    private static readonly (string Name, Exercise Exercise, Func<Attention> Create)[] Learnable =
    [
        .. ScoreKind.All.Select(score => (score.Name, Exercise.FirstMatch(), (Func<Attention>)(() => new SoftAttention(Score(score.Name))))),
        .. ScoreKind.All.Select(score => (score.Name, Exercise.Needle(), (Func<Attention>)(() => new SoftAttention(Score(score.Name))))),
        ("scaled dot-product", Exercise.FirstMatch(), () => new ScaledDotProductAttention(Dim, Dim, ValueDim)),
        ("scaled dot-product", Exercise.Reverse(), () => new ScaledDotProductAttention(Dim, Dim, ValueDim)),
        ("local", Exercise.Copy(shift: 2), () => new LocalAttention(Dim, Dim, ValueDim, 2, 0)),
        // Wide enough to see every key from the middle, where centres start: out of the window there is no gradient to follow.
        ("predictive", Exercise.Reverse(keys: 7), () => new PredictiveLocalAttention(Dim, Dim, ValueDim, 4, 19)),
    ];

    public static IEnumerable<TheoryDataRow<int, string, string>> Cases =>
        Learnable.Select((entry, i) => new TheoryDataRow<int, string, string>(i, entry.Name, entry.Exercise.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReachesTheSolution(int index, string name, string task)
    {
        using var scope = NewDisposeScope();
        var (_, exercise, create) = Learnable[index];
        using var learner = new Reader(exercise, create(), Dim, Dim, ValueDim);
        var steps = Learning.Reaches(0.98, learner, exercise);
        TestContext.Current.TestOutputHelper!.WriteLine($"{name} learns {task} in {steps} steps");
    }

    /// <summary>The harness can fail: what a window does not hold cannot be learned.</summary>
    [Fact]
    public void NothingIsLearnedFromWhatIsOutOfSight()
    {
        using var scope = NewDisposeScope();
        var exercise = Exercise.Reverse();
        using var learner = new Reader(exercise, new LocalAttention(Dim, Dim, ValueDim, 1, 1), Dim, Dim, ValueDim);
        Assert.Throws<XunitException>(() => Learning.Reaches(0.98, learner, exercise, steps: 200));
    }

    private static Score Score(string name) => name switch
    {
        "dot" => new DotScore(),
        "scaled" => new ScaledDotScore(Dim),
        "cosine" => new CosineScore(scale: 8),
        "bilinear" => new BilinearScore(Dim, Dim),
        _ => new AdditiveScore(Dim, Dim, 19),
    };
}
