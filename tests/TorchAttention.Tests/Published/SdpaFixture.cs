using System.Text.Json;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>PyTorch's scaled_dot_product_attention.</summary>
public class SdpaFixture
{
    public static IEnumerable<TheoryDataRow<string>> Cases => Suites.Of("sdpa");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("sdpa", name);
        var (query, key, value) = (agreement.Input("query"), agreement.Input("key"), agreement.Input("value"));
        var bias = agreement.Fixture.HasInput("bias") ? AttentionBias.Dense(agreement.Input("bias")) : null;
        double? scale = agreement.Fixture.Argument("scale") is null ? null : agreement.Fixture.Number("scale");
        using var attention = new ScaledDotProductAttention(query.size(-1), key.size(-1), value.size(-1), scale);

        var (context, weights) = attention.Attend(query, Heads(key, query), Heads(value, query), Mask(agreement), bias);

        agreement.Check(context, weights);
    }

    /// <summary>Grouped queries: each head of key and value serves a run of query heads.</summary>
    private static Tensor Heads(Tensor tensor, Tensor query) =>
        tensor.dim() == 4 && tensor.size(1) != query.size(1)
            ? tensor.repeat_interleave(query.size(1) / tensor.size(1), dim: 1)
            : tensor;

    private static AttentionMask? Mask(Agreement agreement)
    {
        if (agreement.Fixture.HasInput("allowed")) return AttentionMask.Allow(agreement.Fixture.Allowed);
        if (agreement.Fixture.Argument("causal") is not { } causal) return agreement.Padding;
        return causal.ValueKind == JsonValueKind.String && causal.GetString() == "top-left"
            ? AttentionMask.CausalTopLeft
            : AttentionMask.Causal;
    }
}
