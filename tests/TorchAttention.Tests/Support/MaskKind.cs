using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>A mask with its meaning, pair by pair. A null mask is none at all.</summary>
internal sealed record MaskKind(string Name, Func<long[], long, long, (AttentionMask? Mask, PairAllowed Allowed)> For)
{
    internal static readonly IReadOnlyList<MaskKind> All =
    [
        new("none", (_, _, _) => (null, (_, _, _) => true)),
        new("causal", (_, l, s) => (AttentionMask.Causal, (_, i, j) => j <= i + s - l)),
        new("causal top-left", (_, _, _) => (AttentionMask.CausalTopLeft, (_, i, j) => j <= i)),
        new("window", (_, l, s) => (AttentionMask.Window(3, 1), (_, i, j) => j - i - s + l is >= -3 and <= 1)),
        new("padding", (leading, _, s) => Padding(leading, s, 2)),
        new("an empty sentence", (leading, _, s) => Padding(leading, s, s)),
        new("dense", (leading, l, s) => Dense(leading, l, s, emptyRow: false)),
        new("dense with an empty row", (leading, l, s) => Dense(leading, l, s, emptyRow: true)),
        new("causal & padding", (leading, l, s) =>
        {
            var (mask, allowed) = Padding(leading, s, 2);
            return (AttentionMask.Causal & mask!, (batch, i, j) => j <= i + s - l && allowed(batch, i, j));
        }),
    ];

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(mask => mask.Name)];

    internal static MaskKind Of(string name) => All.Single(mask => mask.Name == name);

    public override string ToString() => Name;

    /// <summary>The same as a bool tensor (…, l, s), by evaluating every pair.</summary>
    internal static Tensor Tabulate(PairAllowed allowed, long[] leading, long queries, long keys)
    {
        var grid = Grid.Zeros([.. leading, queries, keys]);
        foreach (var batch in Grid.Indices(leading))
            for (var i = 0L; i < queries; i++)
                for (var j = 0L; j < keys; j++)
                    grid.Row(batch, i)[(int)j] = allowed(batch, i, j) ? 1 : 0;
        return grid.ToTensor(ScalarType.Bool);
    }

    /// <summary>Cuts the first sentence of a batch to s - cut keys; the others are whole.</summary>
    private static (AttentionMask?, PairAllowed) Padding(long[] leading, long s, long cut)
    {
        long[] lengths = leading.Length == 0 ? [s - cut] : [.. Enumerable.Range(0, (int)leading[0]).Select(b => b == 0 ? s - cut : s)];
        return (AttentionMask.Padding(lengths), (batch, _, j) => j < lengths[batch.Length == 0 ? 0 : batch[0]]);
    }

    private static (AttentionMask?, PairAllowed) Dense(long[] leading, long l, long s, bool emptyRow)
    {
        // The middle key of every row is allowed, so that only the row that shall be empty is.
        bool Allows(Grid chosen, long[] batch, long i, long j) =>
            !(emptyRow && i == 1) && (j == s / 2 || chosen.Row(batch, i)[(int)j] > 0);

        using var random = new Data(3).Bool(0.5, [.. leading, l, s]);
        var numbers = Grid.Of(random);
        PairAllowed allowed = (batch, i, j) => Allows(numbers, batch, i, j);
        return (AttentionMask.Allow(Tabulate(allowed, leading, l, s)), allowed);
    }
}
