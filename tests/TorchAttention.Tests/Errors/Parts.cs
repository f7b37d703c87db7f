using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>Scores and normalizers used alone check their arguments too.</summary>
public class Parts
{
    private static readonly Dictionary<string, Func<Normalizer>> Normalizers = new()
    {
        ["softmax"] = () => new Softmax(),
        ["sparsemax"] = () => new Sparsemax(),
        ["entmax"] = () => new Entmax(),
        ["entmax, learnable"] = () => new Entmax(learnable: true, heads: 2),
        ["top-k"] = () => new TopK(3),
        ["sink"] = () => new AttentionSink(2),
        ["straight-through"] = () => new StraightThrough(),
        ["gumbel"] = () => new Gumbel(),
        ["reinforce"] = () => new Reinforce(),
        ["top-k marginal"] = () => new TopKMarginal(3),
        ["expectation"] = () => new Expectation(),
    };

    public static IEnumerable<TheoryDataRow<string>> ScoreNames => ScoreKind.All.Select(score => new TheoryDataRow<string>(score.Name));

    public static IEnumerable<TheoryDataRow<string>> NormalizerNames => Normalizers.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(ScoreNames))]
    public void Scores(string name)
    {
        using var scope = NewDisposeScope();
        var kind = ScoreKind.All.Single(score => score.Name == name);
        using var score = kind.Create();
        foreach (var argument in new[] { "query", "key" })
        {
            foreach (var mutation in Mutation.All)
            {
                var (query, key, _) = mutation.Apply(Kind.Of($"soft {name}").Inputs(rank: 3, ScalarType.Float32), argument);
                var blamed = mutation.Blamed(argument) == argument ? argument : "query|key";
                Rejected.Check(blamed, () => score.call(query, key));
            }
        }
    }

    [Theory]
    [MemberData(nameof(NormalizerNames))]
    public void OfANormalizer(string name)
    {
        using var scope = NewDisposeScope();
        using var normalizer = Normalizers[name]();
        var data = new Data(12);
        var scores = data.Normal(ScalarType.Float32, 2, 5, 7);
        var disposed = data.Normal(5, 7);
        disposed.Dispose();
        Tensor?[] wrongScores =
        [
            null, disposed, scores.to(ScalarType.Int64), scores.to(ScalarType.Bool), scores.to(ScalarType.ComplexFloat32),
            scores.to(ScalarType.Float16), scores.sum(), scores.to_sparse(),
        ];
        foreach (var wrong in wrongScores) Rejected.Check("scores", () => normalizer.call(wrong!, null));

        Tensor[] wrongAllowed =
        [
            disposed, scores, data.Bool(0.5, 5, 6), data.Bool(0.5, 3, 5, 7), data.Bool(0.5, 3, 2, 5, 7),
            data.Bool(0.5, 5, 7).to(new Device(DeviceType.META)), data.Bool(0.5, 5, 7).to_sparse(),
        ];
        foreach (var wrong in wrongAllowed) Rejected.Check("allowed", () => normalizer.call(scores, wrong));

        var (one, larger) = (scores[0], data.Bool(0.5, 2, 5, 7));
        Rejected.Check("allowed", () => normalizer.call(one, larger));
    }
}
