using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>A mask with its meaning, pair by pair. A null mask is none at all.</summary>
internal sealed record MaskKind(string Name, Func<long[], long, long, (AttentionMask? Mask, PairAllowed Allowed)> For)
{
    /// <summary>The mask keeps a tensor, so that it serves the CPU alone.</summary>
    internal bool KeepsTensors { get; init; }

    internal static readonly IReadOnlyList<MaskKind> All =
    [
        new("none", (_, _, _) => (null, (_, _, _) => true)),
        new("causal", (_, l, s) => (AttentionMask.Causal, (_, i, j) => j <= i + s - l)),
        new("causal top-left", (_, _, _) => (AttentionMask.CausalTopLeft, (_, i, j) => j <= i)),
        new("window", (_, l, s) => (AttentionMask.Window(3, 1), (_, i, j) => j - i - s + l is >= -3 and <= 1)),
        new("padding", (leading, _, s) => Padding(leading, s, 2)),
        new("an empty sentence", (leading, _, s) => Padding(leading, s, s)),
        new("dense", (leading, l, s) => Dense(leading, l, s, emptyRow: false)) { KeepsTensors = true },
        new("dense with an empty row", (leading, l, s) => Dense(leading, l, s, emptyRow: true)) { KeepsTensors = true },
        new("dilated window", (_, l, s) => (AttentionMask.Window(1, 2, dilation: 2), (_, i, j) => j - i - s + l is -2 or 0 or 2 or 4)),
        new("window from the start", (_, _, _) => (AttentionMask.WindowTopLeft(1, 2, first: 1), (_, i, j) => j - i is >= 0 and <= 3)),
        new("window | global", (_, l, s) => (
            AttentionMask.Window(1, 0) | AttentionMask.Global(3),
            (_, i, j) => j - i - s + l is -1 or 0 || i + s - l is >= 0 and < 3 || j < 3)),
        new("prefix", (leading, l, s) => (
            AttentionMask.Prefix([.. PerSentence(leading, b => 3 + 2 * b)]), (batch, i, j) => j <= i + s - l || j < 3 + 2 * First(batch))),
        new("documents", (leading, l, s) => (
            AttentionMask.Documents(Segments(leading, s, Document)),
            (batch, i, j) => i + s - l >= 0 && Meet(Document(First(batch), i + s - l), Document(First(batch), j)))) { KeepsTensors = true },
        new("documents of queries and keys", (leading, l, s) => (
            AttentionMask.Documents(Segments(leading, l, (b, i) => Document(b, i + 1)), Segments([], s, (_, j) => Document(0, j))),
            (batch, i, j) => Meet(Document(First(batch), i + 1), Document(0, j)))) { KeepsTensors = true },
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
        long[] lengths = [.. PerSentence(leading, b => b == 0 ? s - cut : s)];
        return (AttentionMask.Padding(lengths), (batch, _, j) => j < lengths[First(batch)]);
    }

    /// <summary>Documents of three, shifted from row to row; position 2 of the first row is outside.</summary>
    private static long Document(long b, long position) => b == 0 && position == 2 ? -1 : (position + b) / 3;

    private static bool Meet(long one, long other) => one == other && one >= 0;

    private static Tensor Segments(long[] leading, long length, Func<long, long, long> document)
    {
        long[] rows = [.. PerSentence(leading, b => b)];
        long[] shape = leading.Length == 0 ? [length] : [rows.Length, length];
        var segments = rows.SelectMany(b => Enumerable.Range(0, (int)length).Select(position => document(b, position)));
        return tensor(segments.ToArray(), dtype: ScalarType.Int64, device: CPU).reshape(shape);
    }

    /// <summary>One number per batch item, or a single one for unbatched inputs.</summary>
    private static IEnumerable<long> PerSentence(long[] leading, Func<long, long> number) =>
        Enumerable.Range(0, leading.Length == 0 ? 1 : (int)leading[0]).Select(b => number(b));

    private static long First(long[] batch) => batch.Length == 0 ? 0 : batch[0];

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
