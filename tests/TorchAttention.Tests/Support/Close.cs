using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>A tolerance with its reason: |actual - expected| ≤ absolute + relative · the largest |expected|.</summary>
internal sealed record Close(string Reason, double Absolute, double Relative = 0)
{
    /// <summary>The same numbers, or the same operations on them in the same order.</summary>
    internal static readonly Close Exact = new("the same arithmetic gives the same bits", 0);

    /// <summary>What the fixtures promise.</summary>
    internal static readonly Close Published = new("independent float64 implementations agree to 1e-10", 1e-10);

    /// <summary>Central differences with step h = 1e-5: truncation h² = 1e-10, rounding 1e-16 / h = 1e-11, times the sizes of sums.</summary>
    internal static readonly Close Differences = new("central differences in float64 with step 1e-5 err by about 1e-9", 2e-8, 2e-8);

    /// <summary>The same sums in another order or shape.</summary>
    /// <param name="dtype">Of what they are computed in.</param>
    /// <param name="times">How many such sums are added up, each with an error of its own.</param>
    internal static Close Reordered(ScalarType dtype, long times = 1) =>
        new($"{dtype}: {times} times sums of some dozen terms in another order", times * 32 * Epsilon(dtype), times * 32 * Epsilon(dtype));

    /// <summary>
    /// An error budget: what the written-out computation in the same precision loses, times a factor, and four roundings of the
    /// largest number as a floor, because the written-out computation may be exact by luck.
    /// </summary>
    internal static Close Budget(Grid naive, Grid oracle, ScalarType dtype, double factor) =>
        new(
            $"{factor} times the error of the written-out computation in {dtype}",
            factor * Error(naive, oracle) + 4 * Epsilon(dtype), 4 * Epsilon(dtype));

    /// <summary>The widest of the budgets of one computation on several inputs, since on any one of them it may be lucky.</summary>
    internal static Close Widest(IEnumerable<Close> budgets) => budgets.MaxBy(budget => budget.Absolute)!;

    /// <summary>The distance from 1 to the next number.</summary>
    internal static double Epsilon(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 => Math.Pow(2, -52),
        ScalarType.Float32 => Math.Pow(2, -23),
        ScalarType.Float16 => Math.Pow(2, -10),
        ScalarType.BFloat16 => Math.Pow(2, -7),
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
    };

    internal void Check(Tensor actual, Tensor expected, string what) => Check(Grid.Of(actual), Grid.Of(expected), what);

    internal void Check(Tensor actual, Grid expected, string what) => Check(Grid.Of(actual), expected, what);

    internal void Check(Grid actual, Grid expected, string what)
    {
        Assert.True(actual.Shape.SequenceEqual(expected.Shape), $"{what}: shape ({Text(actual)}) instead of ({Text(expected)})");
        var allowed = Absolute + Relative * expected.Largest;
        for (var i = 0; i < expected.Numbers.Length; i++)
        {
            var (a, e) = (actual.Numbers[i], expected.Numbers[i]);
            // Written so that NaN fails.
            if (!(Math.Abs(a - e) <= allowed))
                Assert.Fail($"{what}[{i}] of ({Text(expected)}): {a:R} instead of {e:R}, off by {Math.Abs(a - e):E2}; allowed are {allowed:E2}: {Reason}");
        }
    }

    private static double Error(Grid actual, Grid expected) =>
        actual.Numbers.Zip(expected.Numbers, (a, e) => Math.Abs(a - e)).DefaultIfEmpty().Max();

    private static string Text(Grid grid) => string.Join(", ", grid.Shape);
}
