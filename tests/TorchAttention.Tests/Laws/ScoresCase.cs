using FsCheck;
using FsCheck.Fluent;
using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Laws;

/// <summary>A normalizer, the size and spread of its scores and a seed, for FsCheck to choose and to shrink.</summary>
public sealed record ScoresCase(string Normalizer, int Rows, int Keys, double Spread, int Seed)
{
    public static Arbitrary<ScoresCase> Arbitrary() => Arb.From(
        from normalizer in Gen.Elements<string>(NormalizerKind.Names)
        from rows in Gen.Choose(1, 5)
        from keys in Gen.Choose(1, 40)
        from spread in Gen.Elements(0.1, 1.0, 10.0)
        from seed in Gen.Choose(0, 1_000_000)
        select new ScoresCase(normalizer, rows, keys, spread, seed),
        Shrink);

    /// <summary>Runs a law with the case's normalizer, in float64.</summary>
    internal void Run(Action<NormalizerKind, Normalizer, Tensor, Data> law)
    {
        using var scope = NewDisposeScope();
        var kind = NormalizerKind.Of(Normalizer);
        using var normalizer = kind.Create();
        normalizer.to(ScalarType.Float64);
        var data = new Data(Seed);
        law(kind, normalizer, data.Normal(Rows, Keys).Times(Spread), data);
    }

    /// <summary>Runs a law of one particular function of the case's scores.</summary>
    internal void Run(Action<Tensor, Data> law) => Run((_, _, scores, data) => law(scores, data));

    private static IEnumerable<ScoresCase> Shrink(ScoresCase large)
    {
        if (large.Rows > 1) yield return large with { Rows = large.Rows - 1 };
        if (large.Keys > 1) yield return large with { Keys = large.Keys - 1 };
    }
}
