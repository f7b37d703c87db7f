using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Normalizers;

/// <summary>Normalizers with a parameter per head.</summary>
public class HeadsTests
{
    private static readonly Dictionary<string, Func<long, Normalizer>> All = new()
    {
        ["entmax"] = heads => new Entmax(1.4, learnable: true, heads),
        ["sink"] = heads => new AttentionSink(heads),
        ["sink of entmax-1.5"] = heads => new AttentionSink(heads, new Entmax15()),
        ["sink of entmax"] = heads => new AttentionSink(heads, new Entmax(1.4, learnable: true, heads)),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => All.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryHeadHasItsOwn(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var normalizer = Build(name, Sizes.Heads);
        var scores = new Data(31).Normal(Sizes.Batch, Sizes.Heads, Sizes.Queries, Sizes.Keys);
        var weights = normalizer.call(scores, null);
        for (var head = 0L; head < Sizes.Heads; head++)
        {
            using var one = All[name](1);
            one.to(ScalarType.Float64);
            foreach (var (parameter, whole) in one.parameters().Zip(normalizer.parameters())) parameter.copy_(whole.narrow(0, head, 1));
            Close.Exact.Check(weights.select(1, head), one.call(scores.select(1, head), null), $"weights of head {head}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GradientsMatchCentralDifferences(string name)
    {
        using var scope = NewDisposeScope();
        using var normalizer = Build(name, Sizes.Heads);
        var data = new Data(32);
        var scores = data.Normal(Sizes.Batch, Sizes.Heads, 2, 5).requires_grad_();
        var upstream = data.Normal(scores.shape);
        GradCheck.Check(
            () =>
            {
                using var inner = NewDisposeScope();
                return (normalizer.call(scores, null) * upstream).sum().MoveToOuterDisposeScope();
            },
            [("scores", scores), .. normalizer.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter))]);
    }

    /// <summary>In an attention with heads; and in one without, the scores are to blame.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void NeedScoresWithThatManyHeads(string name)
    {
        using var scope = NewDisposeScope();
        using var attention = new SoftAttention(new DotScore(), Build(name, Sizes.Heads));
        var data = new Data(33);
        foreach (var leading in new long[][] { [], [Sizes.Heads + 1], [Sizes.Batch], [Sizes.Heads, Sizes.Batch] })
        {
            var inputs = data.Normal([.. leading, Sizes.Queries, Sizes.QueryDim]);
            Rejected.Check("scores", () => attention.call(inputs, inputs, inputs));
        }
        var fitting = data.Normal(Sizes.Batch, Sizes.Heads, Sizes.Queries, Sizes.QueryDim);
        Assert.Equal(fitting.shape, attention.call(fitting, fitting, fitting).shape);
    }

    /// <summary>Parameters of another precision follow the scores.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void FollowTheDtypeOfTheScores(string name)
    {
        using var scope = NewDisposeScope();
        using var normalizer = All[name](Sizes.Heads);
        foreach (var dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16 })
            Assert.Equal(dtype, normalizer.call(new Data(34).Normal(dtype, Sizes.Heads, 5, 7), null).dtype);
    }

    private static Normalizer Build(string name, long heads)
    {
        var normalizer = All[name](heads);
        normalizer.to(ScalarType.Float64);
        using var noGradient = no_grad();
        var data = new Data(30);
        foreach (var parameter in normalizer.parameters()) parameter.copy_(data.Normal(parameter.shape));
        return normalizer;
    }
}
