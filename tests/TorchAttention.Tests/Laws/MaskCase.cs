using FsCheck;
using FsCheck.Fluent;
using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Laws;

/// <summary>Sizes and a seed for masks of any kind, for FsCheck to choose and to shrink.</summary>
public sealed record MaskCase(int Queries, int Keys, int Seed)
{
    public static Arbitrary<MaskCase> Arbitrary() => Arb.From(
        from queries in Gen.Choose(0, 8)
        from keys in Gen.Choose(0, 9)
        from seed in Gen.Choose(0, 1_000_000)
        select new MaskCase(queries, keys, seed),
        Shrink);

    /// <summary>A law of three masks.</summary>
    internal void Run(Action<AttentionMask, AttentionMask, AttentionMask> law)
    {
        using var scope = NewDisposeScope();
        var data = new Data(Seed);
        law(Any(data), Any(data), Any(data));
    }

    /// <summary>A law of positions that are queries and keys at once.</summary>
    internal void Square(Action<Data, long> law)
    {
        using var scope = NewDisposeScope();
        law(new Data(Seed), Keys);
    }

    /// <summary>Whether two masks allow the same pairs.</summary>
    internal void AreEqual(AttentionMask left, AttentionMask right) =>
        Close.Exact.Check(Table(left, Queries, Keys), Table(right, Queries, Keys), "allowed");

    internal static Tensor Table(AttentionMask mask, long l, long s) =>
        mask.Evaluate(new AttentionShape([], l, s, ScalarType.Float32, CPU)).expand(l, s);

    /// <summary>Four documents and what belongs to none.</summary>
    internal static Tensor Segments(Data data, long length) => tensor(
        [.. Enumerable.Range(0, (int)length).Select(_ => data.Next(5) - 1L)], dtype: ScalarType.Int64, device: CPU);

    private AttentionMask Any(Data data) => data.Next(10) switch
    {
        0 => AttentionMask.Causal,
        1 => AttentionMask.CausalTopLeft,
        2 => AttentionMask.Window(data.Next(4), data.Next(4), 1 + data.Next(3)),
        3 => AttentionMask.WindowTopLeft(data.Next(4), data.Next(4), 1 + data.Next(3), data.Next(4)),
        4 => AttentionMask.Padding(data.Next(Keys + 1)),
        5 => AttentionMask.Prefix(data.Next(12)),
        6 => AttentionMask.Global(data.Next(12)),
        7 => AttentionMask.Documents(Segments(data, Keys)),
        8 => AttentionMask.Documents(Segments(data, Queries), Segments(data, Keys)),
        _ => AttentionMask.Allow(data.Bool(0.5, Queries, Keys)),
    };

    private static IEnumerable<MaskCase> Shrink(MaskCase large)
    {
        if (large.Queries > 0) yield return large with { Queries = large.Queries - 1 };
        if (large.Keys > 0) yield return large with { Keys = large.Keys - 1 };
    }
}
