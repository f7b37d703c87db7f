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

        using var stop = new CancellationTokenSource();
        var collecting = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                // A number of a call is young: old objects need not be looked at, and so more collections fall into the calls.
                GC.Collect(1, GCCollectionMode.Forced, blocking: true);
                GC.WaitForPendingFinalizers();
            }
        });
        collecting.Start();
        try
        {
            for (var n = 0; n < Calls; n++)
            {
                using var inner = NewDisposeScope();
                Close.Exact.Check(attention.call(inputs.Query, inputs.Key, inputs.Value, mask, bias), expected, "context");
            }
        }
        finally
        {
            stop.Cancel();
            collecting.Join();
        }
    }
}
