using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Conventions;

/// <summary>The checkpoint format: names and shapes that users have on disk, and that saving and loading keeps every number.</summary>
public class Checkpoints
{
    private static readonly string[] None = [];

    private static readonly string[] Bilinear = ["score.weight (11, 13)", "score.bias (1)"];

    private static readonly string[] Additive =
    [
        "score.query_projection.weight (19, 11)", "score.query_projection.bias (19)",
        "score.key_projection.weight (19, 13)", "score.energy.weight (1, 19)",
    ];

    private static readonly string[] Position = ["position_hidden.weight (19, 11)", "position_output.weight (1, 19)"];

    private static readonly string[] Packed =
        ["in_proj_weight (18, 6)", "in_proj_bias (18)", "out_proj.weight (6, 6)", "out_proj.bias (6)"];

    private static readonly string[] Offset = ["offset (1)"];

    /// <summary>Changing an entry breaks the checkpoints of users: such a change belongs in the changelog.</summary>
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["soft dot"] = None,
        ["soft scaled"] = None,
        ["soft cosine"] = None,
        ["soft bilinear"] = Bilinear,
        ["soft additive"] = Additive,
        ["soft weight-normalized"] = [.. Additive, "score.gain (1)"],
        ["soft softcap"] = ["score.inner.weight (11, 13)", "score.inner.bias (1)"],
        ["soft scaled, sparsemax"] = None,
        ["soft scaled, entmax-1.5"] = None,
        ["soft scaled, entmax-2.25"] = None,
        ["soft scaled, entmax, learnable"] = ["normalizer.alpha_logit (1)"],
        ["soft scaled, top-k"] = None,
        ["soft scaled, sink"] = ["normalizer.sinks (1)"],
        ["soft scaled, sink of sparsemax"] = ["normalizer.sinks (1)"],
        ["scaled dot-product"] = None,
        ["hard"] = None,
        ["hard additive"] = Additive,
        ["straight-through"] = None,
        ["straight-through bilinear"] = Bilinear,
        ["gumbel"] = None,
        ["reinforce"] = None,
        ["top-k marginal"] = None,
        ["expectation"] = None,
        ["local"] = None,
        ["local additive"] = Additive,
        ["local dilated"] = None,
        ["local global"] = Additive,
        ["local from the start"] = Bilinear,
        ["predictive"] = Position,
        ["predictive bilinear"] = [.. Bilinear, .. Position],
        ["heads"] = Packed,
        ["heads of other sizes"] =
        [
            "q_proj_weight (6, 6)", "k_proj_weight (6, 13)", "v_proj_weight (6, 17)", "in_proj_bias (18)",
            "out_proj.weight (6, 6)", "out_proj.bias (6)",
        ],
        ["grouped heads rotary"] = ["in_proj_weight (24, 12)", "in_proj_bias (24)", "out_proj.weight (12, 12)", "out_proj.bias (12)"],
        ["multi-query additive"] =
        [
            "in_proj_weight (10, 6)", "out_proj.weight (6, 6)", "inner.score.query_projection.weight (19, 2)",
            "inner.score.query_projection.bias (19)", "inner.score.key_projection.weight (19, 2)", "inner.score.energy.weight (1, 19)",
        ],
        ["heads hard"] = Packed,
        ["heads local rotary"] = Packed,
        ["heads with a sink"] = [.. Packed, "inner.normalizer.sinks (1)"],
        ["heads linear"] = Packed,
        ["heads monotonic"] = [.. Packed, "inner.offset (1)"],
        ["heads predictive"] = [.. Packed, "inner.position_hidden.weight (19, 2)", "inner.position_output.weight (1, 19)"],
        ["monotonic"] = Offset,
        ["monotonic in training"] = [.. Additive, .. Offset],
        ["chunkwise"] = [.. Bilinear, .. Additive.Select(name => "chunk_" + name), .. Offset],
        ["chunkwise in training"] = Offset,
        ["linear"] = None,
        ["linear causal"] = None,
    };

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void HaveTheseNames(string kindName)
    {
        using var scope = NewDisposeScope();
        using var attention = Kind.Of(kindName).Create();
        var names = attention.state_dict().Select(entry => $"{entry.Key} ({string.Join(", ", entry.Value.shape)})");
        Assert.Equal(Names[kindName].Order(), names.Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AreReadBackAsWritten(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var saved = kind.Build(ScalarType.Float32, seed: 1);
        using var loaded = kind.Build(ScalarType.Float32, seed: 2);
        using var file = new MemoryStream();

        saved.save(file); // closes the stream
        using var written = new MemoryStream(file.ToArray());
        loaded.load(written);

        var (query, key, value) = kind.Inputs(rank: 3, ScalarType.Float32);
        Close.Exact.Check(loaded.call(query, key, value), saved.call(query, key, value), "context");
        foreach (var (name, numbers) in saved.state_dict()) Close.Exact.Check(loaded.state_dict()[name], numbers, name);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PassThroughTheStateDict(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var source = kind.Build(ScalarType.Float32, seed: 1);
        using var target = kind.Build(ScalarType.Float32, seed: 2);

        var (missing, unexpected) = target.load_state_dict(source.state_dict());

        Assert.Empty(missing);
        Assert.Empty(unexpected);
        var (query, key, value) = kind.Inputs(rank: 3, ScalarType.Float32);
        Close.Exact.Check(target.call(query, key, value), source.call(query, key, value), "context");
    }
}
