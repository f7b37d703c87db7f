using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Attentions;

/// <summary>What is peculiar to local attention.</summary>
public class LocalTests
{
    /// <summary>Luong's local-m: a decoder that goes step by step says where it stands, and sees what all steps at once see.</summary>
    [Fact]
    public void LocalMGoesStepByStep()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of("local from the start");
        using var local = kind.Build();
        using var global = new SoftAttention(ScoreKind.Bilinear.Create());
        global.to(ScalarType.Float64);
        global.load_state_dict(local.state_dict());
        var (query, key, value) = kind.Inputs(rank: 3);
        var padding = AttentionMask.Padding(4, Sizes.Keys);
        var all = local.call(query, key, value, padding);

        for (var t = 0L; t < Sizes.Queries; t++)
        {
            var window = AttentionMask.WindowTopLeft(Kind.Left, Kind.Right, first: t);
            var step = global.call(query.narrow(1, t, 1), key, value, padding & window);
            Close.Reordered(ScalarType.Float64).Check(step, all.narrow(1, t, 1), $"context of step {t}");
        }
    }

    /// <summary>With a normalizer of one's own the window is the same.</summary>
    [Fact]
    public void AnyNormalizerStaysInTheWindow()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var inputs = Kind.Of("local").Inputs(rank: 2);
        using var attention = new LocalAttention(
            new DotScore(), Kind.Left, Kind.Right, new Expectation(), dilation: Kind.Dilation, globalTokens: 1);
        attention.train();
        var weights = attention.Attend(inputs.Query, inputs.Key, inputs.Value).Weights;
        var inWindow = MaskKind.Tabulate((_, i, j) => j - i - 2 is -4 or -2 or 0 or 2 || j == 0, [], 5, 7);
        Close.Exact.Check(weights.Is(0).logical_not(), inWindow, "where there is weight");
    }
}
