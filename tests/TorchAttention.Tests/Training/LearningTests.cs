using TorchAttention.Tests.Support;
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
    private const long Dim = 12;
    private const long ValueDim = 13;

    private static readonly TransformerOptions Options = new() { EmbedDim = 24, NumHeads = 3, FeedForwardDim = 31 };

    private static readonly Lesson[] Lessons =
    [
        Read("dot", Exercise.FirstMatch(), () => new SoftAttention(new DotScore())),
        Read("cosine", Exercise.FirstMatch(), () => new SoftAttention(new CosineScore(scale: 8))),
        Read("bilinear", Exercise.FirstMatch(), () => new SoftAttention(new BilinearScore(Dim, Dim))),
        Read("additive", Exercise.FirstMatch(), () => new SoftAttention(new AdditiveScore(Dim, Dim, 19))),
        Read("softcap", Exercise.FirstMatch(), () => new SoftAttention(new SoftcapScore(new DotScore(), 10))),
        .. NormalizerKind.All.Select(kind => Read(kind.Name, Exercise.FirstMatch(), () => new SoftAttention(new ScaledDotScore(Dim), kind.Create()))),
        Read("scaled dot-product", Exercise.Reverse(), () => new ScaledDotProductAttention(Dim, Dim, ValueDim)),
        Read("scaled dot-product", Exercise.Needle(), () => new ScaledDotProductAttention(Dim, Dim, ValueDim)),
        Read("linear", Exercise.Needle(), () => new LinearAttention(Dim, Dim, ValueDim)),
        Read("linear causal", Exercise.Copy(shift: 2, keys: 7), () => new LinearAttention(Dim, Dim, ValueDim, causal: true)),
        Read("local", Exercise.Copy(shift: 2), () => new LocalAttention(Dim, Dim, ValueDim, 2, 0)),
        // Wide enough to see every key from anywhere: out of the window there is no gradient to follow.
        Read("predictive", Exercise.Reverse(keys: 7), () => new PredictiveLocalAttention(Dim, Dim, ValueDim, 7, 19)),
        Read("monotonic", Exercise.Copy(), () => new MonotonicAttention(Dim, Dim, ValueDim, noise: 0)),
        Read("chunkwise", Exercise.Copy(shift: 2), () => new MonotonicAttention(Dim, Dim, ValueDim, chunk: 3, noise: 0)),
        Read("multi-head", Exercise.FirstMatch(), () => new MultiHeadAttention(Dim, 3, keyDim: Dim, valueDim: ValueDim)),
        Read("straight-through", Exercise.FirstMatch(), () => Hard(new StraightThrough())),
        Read("gumbel", Exercise.FirstMatch(), () => Hard(new Gumbel(1, Seeded()))),
        Read("reinforce", Exercise.FirstMatch(), () => Hard(new Reinforce(0, Seeded())), rewardWeight: 1),
        Read("semi-sampling", Exercise.FirstMatch(), () => Hard(new Reinforce(0.5, Seeded())), rewardWeight: 1),
        Read("top-k marginal", Exercise.FirstMatch(), () => Hard(new TopKMarginal(3))),
        Read("expectation", Exercise.FirstMatch(), () => Hard(new Expectation())),
        new("relative positions", Exercise.Copy(shift: 2), exercise =>
        {
            var positions = new RelativePositions(1, 3);
            return new Shifter(exercise, positions, positions.Bias);
        }),
        new("relative buckets", Exercise.Copy(shift: 2), exercise =>
        {
            var positions = new BucketedRelativePositions(1);
            return new Shifter(exercise, positions, positions.Bias);
        }),
        new("graph, static", Exercise.Needle(), exercise => new GraphReader(exercise, GraphScore.Static)),
        new("graph, dynamic", Exercise.Needle(), exercise => new GraphReader(exercise, GraphScore.Dynamic)),
        Layers("encoder", Exercise.Reverse(), Options),
        Layers("encoder of two layers", Exercise.Sort(), Options with { PreNorm = true, Activation = Activation.GELU }, layers: 2),
        Layers("modern encoder", Exercise.Reverse(), Options with
        {
            PreNorm = true, Norm = NormKind.RMS, Gated = true, Activation = Activation.SiLU, Bias = false, KeyValueHeads = 1,
            Rotary = () => new RotaryEmbedding(8),
        }),
        Layers("encoder and decoder", Exercise.Copy(), Options with { PreNorm = true }, hasDecoder: true),
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
        Fails(Read("short-sighted", Exercise.Reverse(), () => new LocalAttention(Dim, Dim, ValueDim, 1, 1)));

    /// <summary>A sampled choice learns from its reward alone.</summary>
    [Fact]
    public void NothingIsLearnedWithoutAReward() =>
        Fails(Read("unrewarded", Exercise.FirstMatch(), () => Hard(new Reinforce(0, Seeded())), rewardWeight: 0));

    /// <summary>A new module comes with a lesson, unless it has nothing to learn.</summary>
    [Fact]
    public void NoModuleIsLeftOut()
    {
        var taught = new HashSet<Type> { typeof(SinusoidalEncoding), typeof(CounterBasedDropout) };
        foreach (var lesson in Lessons)
        {
            using var learner = lesson.Create(lesson.Exercise);
            foreach (var module in learner.modules()) taught.Add(module.GetType());
        }
        Assert.All(
            typeof(Attention).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(nn.Module))),
            type => Assert.Contains(type, taught));
    }

    private static int Reaches(Lesson lesson, int steps = 800)
    {
        using var scope = NewDisposeScope();
        using var learner = lesson.Create(lesson.Exercise);
        return Learning.Reaches(Goal, learner, lesson.Exercise, steps, lesson.Rate);
    }

    private static void Fails(Lesson lesson) => Assert.Throws<XunitException>(() => Reaches(lesson, steps: 200));

    private static Lesson Read(string mechanism, Exercise exercise, Func<Attention> create, double? rewardWeight = null) => new(
        mechanism, exercise, _ =>
        {
            var reinforce = rewardWeight is { } weight ? new ReinforceLoss(weight, entropyWeight: 0.02) : null;
            return new Reader(exercise, create(), Dim, ValueDim, reinforce);
        });

    private static Lesson Layers(
        string mechanism, Exercise exercise, TransformerOptions options, long layers = 1, bool hasDecoder = false) =>
        new(mechanism, exercise, _ => new Stack(exercise, options, layers, hasDecoder), Rate: 0.005);

    private static HardAttention Hard(HardEstimator estimator) => new(new ScaledDotScore(Dim), estimator);

    private static Generator Seeded() => new(34, CPU);

    private sealed record Lesson(string Mechanism, Exercise Exercise, Func<Exercise, Learner> Create, double Rate = 0.02)
    {
        public override string ToString() => $"{Mechanism} learns {Exercise}";
    }
}
