using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>Blocks learn what a single attention cannot, or what takes two of them.</summary>
public class StackTests
{
    private const double Goal = 0.98;

    private static readonly TransformerOptions Options =
        new() { EmbedDim = 24, NumHeads = 3, FeedForwardDim = 48, PreNorm = true };

    private static readonly Dictionary<string, (Exercise Exercise, TransformerOptions Options, long Layers, bool HasDecoder)> Lessons = new()
    {
        ["an encoder reverses"] = (Exercise.Reverse(), Options, 1, false),
        ["a post-norm encoder reverses"] = (Exercise.Reverse(), Options with { PreNorm = false }, 1, false),
        ["an encoder sorts"] = (Exercise.Sort(symbols: 5, keys: 5), Options with { Activation = Activation.GELU }, 2, false),
        ["a modern encoder reverses"] = (
            Exercise.Reverse(),
            Options with { Norm = NormKind.RMS, Gated = true, Activation = Activation.SiLU, KeyValueHeads = 1, Rotary = () => new RotaryEmbedding(8) },
            1, false),
        ["a decoder copies from its memory"] = (Exercise.Copy(), Options, 1, true),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => Lessons.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Learns(string name)
    {
        using var scope = NewDisposeScope();
        var (exercise, options, layers, hasDecoder) = Lessons[name];
        using var learner = new Stack(exercise, options, layers, hasDecoder);
        var steps = Learning.Reaches(Goal, learner, exercise, rate: 0.005);
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {steps} steps");
    }
}
