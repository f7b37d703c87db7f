using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Conventions;

/// <summary>A call leaves what it returns and nothing else, with and without a caller's scope.</summary>
public class Lifetimes
{
    public static IEnumerable<TheoryDataRow<string, string>> Cases => Every.With([.. MaskKind.Names]);

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Cases))]
    public void ACallLeavesWhatItReturns(string kindName, string maskName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 4).RequiresGrad();
        var (query, key, value) = inputs;
        var mask = kind.Mask(maskName, inputs).Mask;
        var bias = kind.Is(Traits.NoBias) ? null : AttentionBias.Dense(new Data(15).Normal(5, 7));
        var inner = attention is MultiHeadAttention ? attention.children().OfType<Attention>().Single() : attention;
        var returned = inner switch { HardAttention => 5, MonotonicAttention => 3, _ => 2 };

        foreach (var gradients in new[] { true, false })
        {
            using var mode = gradients ? null : no_grad();
            NoLeaks.Leaves(1, () => attention.forward(query, key, value), "forward");
            NoLeaks.Leaves(1, () => attention.call(query, key, value, mask, bias), "call");
            NoLeaks.Leaves(returned, () => attention.Attend(query, key, value, mask, bias), "Attend");
            NoLeaks.LeavesNone(() => attention.Attend(query, key, value, mask, bias).Dispose(), "a disposed output");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PreparedKeysLeaveThemselves(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var (query, key, value) = kind.Inputs(rank: 3);
        var mask = AttentionMask.Padding(4, Sizes.Keys);
        NoLeaks.Leaves(2, () => attention.Prepare(key, value), "Prepare");
        NoLeaks.Leaves(3, () => attention.Prepare(key, value, mask), "Prepare with a mask");
        NoLeaks.LeavesNone(() => attention.Prepare(key, value, mask).Dispose(), "a disposed memory");
        using var memory = attention.Prepare(key, value, mask);
        NoLeaks.LeavesNone(() => attention.Attend(query, memory, AttentionMask.Causal).Dispose(), "Attend to a memory");
    }

    /// <summary>A training step without any scope: all that is left are the gradients, and they go with their owners.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void AStepLeavesNothing(string kindName)
    {
        var kind = Kind.Of(kindName);
        NoLeaks.LeavesNone(
            () =>
            {
                using var scope = NewDisposeScope();
                using var attention = kind.Build();
                var inputs = kind.Inputs(rank: 3).RequiresGrad();
                NoLeaks.LeavesNone(
                    () =>
                    {
                        using var context = attention.call(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal);
                        using var loss = context.sum();
                        loss.backward();
                    },
                    "forward and backward");
            },
            "a module's life");
    }

    /// <summary>Every returned tensor belongs to the caller's scope.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void AScopeCollectsTheOutput(string kindName)
    {
        using var outer = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var (query, key, value) = kind.Inputs();
        NoLeaks.LeavesNone(
            () =>
            {
                using var scope = NewDisposeScope();
                attention.call(query, key, value);
                attention.Attend(query, key, value);
                attention.Attend(query, attention.Prepare(key, value));
            },
            "a scope");
    }

    public static IEnumerable<TheoryDataRow<string>> ScoreNames => ScoreKind.All.Select(score => new TheoryDataRow<string>(score.Name));

    [Theory]
    [MemberData(nameof(ScoreNames))]
    public void AScoreLeavesItsScores(string name)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of($"soft {name}");
        using var score = ScoreKind.All.Single(score => score.Name == name).Create();
        var (query, key, _) = kind.Inputs(rank: 3, ScalarType.Float32);
        NoLeaks.Leaves(1, () => score.call(query, key), "a score");
        using var softmax = new Softmax();
        using var scores = score.call(query, key);
        NoLeaks.Leaves(1, () => softmax.call(scores, null), "a normalizer");
    }
}
