using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>The attention modules of AllenNLP, JoeyNMT and OpenNMT-py, each with its own names and orientation of parameters.</summary>
public class ScoresFixture
{
    public static IEnumerable<TheoryDataRow<string>> AllenNlp => Suites.Of("scores", name => name.StartsWith("allennlp", StringComparison.Ordinal));

    public static IEnumerable<TheoryDataRow<string>> JoeyNmt => Suites.Of("scores", name => name.StartsWith("joeynmt", StringComparison.Ordinal));

    public static IEnumerable<TheoryDataRow<string>> OpenNmt => Suites.Of("scores", name => name.StartsWith("opennmt", StringComparison.Ordinal));

    /// <summary>One query (b, d) without a length; the output is the weights (b, s).</summary>
    [Theory]
    [MemberData(nameof(AllenNlp))]
    public void AllenNlpAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("scores", name);
        var (query, key) = (agreement.Input("query"), agreement.Input("key"));
        using var attention = Attention(agreement, name, query.size(-1), key.size(-1));

        var (_, weights) = attention.Attend(query.unsqueeze(1), key, key);

        agreement.Check(weights.squeeze(1));
    }

    /// <summary>The values are the keys; directly, and with the keys prepared.</summary>
    [Theory]
    [MemberData(nameof(JoeyNmt))]
    public void JoeyNmtAgrees(string name)
    {
        foreach (var prepared in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            var agreement = new Agreement("scores", name);
            var (query, key) = (agreement.Input("query"), agreement.Input("key"));
            using var attention = Attention(agreement, name, query.size(-1), key.size(-1));

            using var memory = attention.Prepare(key, key, agreement.Padding);
            var (context, weights) = prepared
                ? attention.Attend(query, memory)
                : attention.Attend(query, key, key, agreement.Padding);

            agreement.Check(context, weights);
        }
    }

    /// <summary>The output is the attentional hidden state tanh(W [context; query]), without tanh for the mlp.</summary>
    [Theory]
    [MemberData(nameof(OpenNmt))]
    public void OpenNmtAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("scores", name);
        var (query, key) = (agreement.Input("query"), agreement.Input("key"));
        using var attention = Attention(agreement, name, query.size(-1), key.size(-1));
        var mlp = name == "opennmt-mlp";
        var (readout, bias) = (agreement.Parameter("linear_out.weight"), mlp ? agreement.Parameter("linear_out.bias") : null);

        var (context, weights) = attention.Attend(query, key, key, agreement.Padding);
        var state = nn.functional.linear(cat([context, query], -1), readout, bias);

        agreement.Check(mlp ? state : state.tanh(), weights);
    }

    private static SoftAttention Attention(Agreement agreement, string name, long queryDim, long keyDim)
    {
        var attention = new SoftAttention(Score(agreement, name, queryDim, keyDim));
        attention.to(ScalarType.Float64);
        foreach (var (own, published, transposed) in Parameters(name)) agreement.Set(attention, "score." + own, published, transposed);
        return attention;
    }

    private static Score Score(Agreement agreement, string name, long queryDim, long keyDim) => name switch
    {
        "allennlp-additive" => new AdditiveScore(queryDim, keyDim, agreement.Fixture.Parameter("_v_vector").size(0)),
        "joeynmt-bahdanau" => new AdditiveScore(queryDim, keyDim, agreement.Fixture.Parameter("energy_layer.weight").size(1)),
        "opennmt-mlp" => new AdditiveScore(queryDim, keyDim, agreement.Fixture.Parameter("v.weight").size(1), bias: true),
        "allennlp-bilinear" => new BilinearScore(queryDim, keyDim, bias: true),
        "joeynmt-luong-general" or "opennmt-general" => new BilinearScore(queryDim, keyDim),
        "allennlp-cosine" => new CosineScore(),
        "opennmt-dot" => new DotScore(),
        _ => throw new ArgumentException($"a case without a score: {name}", nameof(name)),
    };

    private static (string Own, string Published, bool Transposed)[] Parameters(string name) => name switch
    {
        "allennlp-additive" =>
        [
            ("query_projection.weight", "_w_matrix", true), ("key_projection.weight", "_u_matrix", true), ("energy.weight", "_v_vector", true),
        ],
        "allennlp-bilinear" => [("weight", "_weight_matrix", false), ("bias", "_bias", false)],
        "joeynmt-bahdanau" =>
        [
            ("query_projection.weight", "query_layer.weight", false), ("key_projection.weight", "key_layer.weight", false),
            ("energy.weight", "energy_layer.weight", false),
        ],
        "joeynmt-luong-general" => [("weight", "key_layer.weight", false)],
        "opennmt-general" => [("weight", "linear_in.weight", true)],
        "opennmt-mlp" =>
        [
            ("query_projection.weight", "linear_query.weight", false), ("query_projection.bias", "linear_query.bias", false),
            ("key_projection.weight", "linear_context.weight", false), ("energy.weight", "v.weight", false),
        ],
        _ => [],
    };
}
