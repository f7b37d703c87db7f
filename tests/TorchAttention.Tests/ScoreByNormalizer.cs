using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests;

/// <summary>The product score × normalizer × mask × rank × dtype, as soft attention, against the oracle.</summary>
public class ScoreByNormalizer
{
    public static IEnumerable<TheoryDataRow<string, string>> Pairs =>
        from score in ScoreKind.All
        from normalizer in NormalizerKind.All
        select new TheoryDataRow<string, string>(score.Name, normalizer.Name);

    public static IEnumerable<TheoryDataRow<string, string, ScalarType>> Product =>
        from pair in Pairs
        from dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16 }
        where !(NormalizerKind.Of(pair.Data.Item2).Is(Traits.Jumps) && dtype == ScalarType.BFloat16) // near ties fall either way
        select new TheoryDataRow<string, string, ScalarType>(pair.Data.Item1, pair.Data.Item2, dtype);

    public static IEnumerable<TheoryDataRow<string, string, ScalarType>> Rounded =>
        from row in Product
        where row.Data.Item3 != ScalarType.Float64
        where !(NormalizerKind.Of(row.Data.Item2).Is(Traits.Kinked) && row.Data.Item3 == ScalarType.BFloat16) // a support may differ
        select row;

    /// <summary>Under every mask and in every rank.</summary>
    [Theory]
    [MemberData(nameof(Product))]
    public void ContextAndWeights(string scoreName, string normalizerName, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Soft(scoreName, normalizerName);
        using var attention = kind.Build(dtype);
        var runs = (
            from rank in new[] { 2, 3, 4 }
            let inputs = kind.Inputs(rank, dtype)
            from maskName in MaskKind.Names
            select Run(kind, attention, inputs, maskName)).ToList();

        foreach (var part in runs.SelectMany(run => run).GroupBy(entry => entry.Part))
        {
            var budget = Close.Widest(part.Select(entry => Close.Budget(entry.Naive, entry.Oracle, dtype, 2)));
            foreach (var entry in part) budget.Check(entry.Actual, entry.Oracle, $"{part.Key}, {entry.Where}");
        }
    }

    private static (string Part, string Where, Grid Actual, Grid Naive, Grid Oracle)[] Run(
        Kind kind, Attention attention, Inputs inputs, string maskName)
    {
        using var scope = NewDisposeScope();
        var (mask, allowed) = kind.Mask(maskName, inputs);
        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, mask);
        var oracle = kind.Reference.Oracle(attention, inputs, allowed);
        var naive = kind.Reference.Naive(attention, inputs, allowed);
        var place = $"rank {inputs.Query.dim()}, mask {maskName}";
        return
        [
            ("weights", place, Grid.Of(weights), Grid.Of(naive.Weights), oracle.Weights),
            ("context", place, Grid.Of(context), Grid.Of(naive.Context), oracle.Context),
        ];
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void GradientsMatchCentralDifferences(string scoreName, string normalizerName) =>
        Gradients.CheckDifferences(Soft(scoreName, normalizerName), "dense with an empty row");

    [Theory]
    [MemberData(nameof(Rounded))]
    public void GradientsStayWithinTheBudget(string scoreName, string normalizerName, ScalarType dtype) =>
        Gradients.CheckBudget(Soft(scoreName, normalizerName), dtype);

    private static Kind Soft(string score, string normalizer) =>
        Kind.Soft(ScoreKind.All.Single(kind => kind.Name == score), NormalizerKind.Of(normalizer));
}
