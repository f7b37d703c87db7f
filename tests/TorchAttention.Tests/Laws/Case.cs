using FsCheck;
using FsCheck.Fluent;
using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Laws;

/// <summary>A mechanism, sizes and a seed, for FsCheck to choose and to shrink.</summary>
public sealed record Case(string Kind, int Rank, int Queries, int Keys, int Seed)
{
    public static Arbitrary<Case> Arbitrary() => Arb.From(
        from kind in Gen.Elements<string>(Support.Kind.Names)
        from rank in Gen.Choose(2, 4)
        from queries in Gen.Choose(1, 8)
        from keys in Gen.Choose(1, 9)
        from seed in Gen.Choose(0, 1_000_000)
        select new Case(kind, rank, queries, keys, seed),
        Shrink);

    internal void Run(Action<Kind, Attention, Inputs, Data> law)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Support.Kind.Of(Kind);
        using var attention = kind.Build(seed: Seed);
        law(kind, attention, kind.Inputs(Rank, seed: Seed + 1, queries: Queries, keys: Keys), new Data(Seed + 2));
    }

    private static IEnumerable<Case> Shrink(Case large)
    {
        if (large.Rank > 2) yield return large with { Rank = large.Rank - 1 };
        if (large.Queries > 1) yield return large with { Queries = large.Queries - 1 };
        if (large.Keys > 1) yield return large with { Keys = large.Keys - 1 };
    }
}
