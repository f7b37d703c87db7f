using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Conventions;

/// <summary>
/// A garbage collection at any moment takes nothing that torch still reads: while another thread collects without pause, the
/// numbers stay what they are. A number that is passed to an operation, not kept, is freed within a few dozen calls here.
/// </summary>
[Collection(nameof(DefaultDevice))]
public class Collector
{
    private const int Calls = 40;

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    /// <summary>Without those whose choice passes none.</summary>
    public static IEnumerable<TheoryDataRow<string>> WithGradient => Every.One(kind => !kind.Is(Traits.Hard) || kind.Training);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TakesNothingInUse(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.Float32);
        // Large enough for a collection to fall into an operation.
        var inputs = kind.Inputs([4], ScalarType.Float32, queries: 127, keys: 131);
        var mask = AttentionMask.Causal & AttentionMask.Window(40, 3) & AttentionMask.Padding([.. Enumerable.Range(128, 4).Select(length => (long)length)]);
        var bias = kind.Is(Traits.NoBias) ? null : AttentionBias.Dense(new Data(15).Normal(ScalarType.Float32, 127, 131));
        var expected = Grid.Of(attention.call(inputs.Query, inputs.Key, inputs.Value, mask, bias));

        WhileCollecting(() =>
        {
            using var inner = NewDisposeScope();
            Close.Exact.Check(attention.call(inputs.Query, inputs.Key, inputs.Value, mask, bias), expected, "context");
        });
    }

    /// <summary>The backward pass too, without a scope around it that would hold on to every tensor.</summary>
    [Theory]
    [MemberData(nameof(WithGradient))]
    public void TakesNoGradientInUse(string kindName)
    {
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.Float32);
        var inputs = kind.Inputs([4], ScalarType.Float32, queries: 127, keys: 131).RequiresGrad();
        var expected = Step();

        WhileCollecting(() => Close.Exact.Check(Step(), expected, "gradient of key"));

        Grid Step()
        {
            inputs.Key.grad = null;
            attention.call(inputs.Query, inputs.Key, inputs.Value).sum().backward();
            return Grid.Of(inputs.Key.grad!);
        }
    }

    /// <summary>Does something many times, while another thread collects without pause.</summary>
    private static void WhileCollecting(Action action)
    {
        using var stop = new CancellationTokenSource();
        var collecting = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collecting.Start();
        try
        {
            for (var n = 0; n < Calls; n++) action();
        }
        finally
        {
            stop.Cancel();
            collecting.Join();
        }
    }
}
