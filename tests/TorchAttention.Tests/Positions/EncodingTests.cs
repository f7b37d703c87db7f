using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Positions;

/// <summary>Positions that are added, and what all kinds of positions have in common.</summary>
public class EncodingTests
{
    private static readonly Dictionary<string, Func<PositionModule>> Modules = new()
    {
        ["rotary"] = () => new RotaryEmbedding(6),
        ["sinusoidal"] = () => new SinusoidalEncoding(6),
        ["learned"] = () => new LearnedPositions(11, 6),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => Modules.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [InlineData(6, 10000)]
    [InlineData(7, 10000)]
    [InlineData(1, 10000)]
    [InlineData(6, 3)]
    public void SinusoidalIsItsFormula(long dim, double baseFrequency)
    {
        using var scope = NewDisposeScope();
        using var encoding = new SinusoidalEncoding(dim, baseFrequency);
        var input = new Data(2).Normal(5, dim);
        var expected = Grid.Of(input);
        for (var i = 0L; i < 5; i++)
        {
            for (var n = 0; n < dim; n++)
            {
                var angle = (3 + i) / Math.Pow(baseFrequency, 2.0 * (n / 2) / dim);
                expected.Row([], i)[n] += n % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
            }
        }
        Close.Reordered(ScalarType.Float64).Check(encoding.call(input, 3), expected, "output");
    }

    [Fact]
    public void LearnedAddsItsRows()
    {
        using var scope = NewDisposeScope();
        using var positions = Block.Seed(new LearnedPositions(11, 6));
        var input = new Data(2).Normal(2, 5, 6);
        Close.Exact.Check(positions.call(input, 6), Numbers.Sum(input, positions.state_dict()["weight"].narrow(0, 6, 5)), "output");
    }

    /// <summary>N(0, 0.02²): of 20,000 numbers the deviation is within a twentieth, ten times what chance makes of it.</summary>
    [Fact]
    public void LearnedStartsSmall()
    {
        using var scope = NewDisposeScope();
        using var positions = new LearnedPositions(200, 100);
        Assert.InRange(positions.parameters().Single().std().item<float>(), 0.019, 0.021);
    }

    /// <summary>A step of decoding equals its place in the whole.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void AnOffsetIsASlice(string name)
    {
        using var scope = NewDisposeScope();
        using var positions = Block.Seed(Modules[name]());
        var input = new Data(2).Normal(2, 3, 11, 6);
        var whole = positions.call(input);
        Close.Exact.Check(positions.forward(input), whole, "forward");
        for (var i = 0L; i < 11; i++)
            Close.Exact.Check(positions.call(input.narrow(-2, i, 1), i), whole.narrow(-2, i, 1), "a step");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatDoesNotFitIsRejected(string name)
    {
        using var scope = NewDisposeScope();
        using var positions = Modules[name]();
        var (input, narrow, deep) = (new Data(2).Normal(ScalarType.Float32, 5, 6), new Data(2).Normal(ScalarType.Float32, 5, 5), new Data(2).Normal(ScalarType.Float32, 1, 1, 1, 5, 6));
        Rejected.Check("offset", () => positions.call(input, -1));
        Rejected.Check("input", () => positions.call(narrow, 1));
        Rejected.Check("input", () => positions.call(deep));
        Rejected.Check("input", () => positions.call(null!));
        if (name != "learned") return;
        positions.call(input, 6).Dispose();
        Rejected.Check("input", () => positions.call(input, 7));
        Rejected.Check("input", () => positions.call(input, long.MaxValue));
    }

    private static readonly (string Argument, Action Action)[] Wrong =
    [
        ("dim", () => new RotaryEmbedding(0)), ("dim", () => new RotaryEmbedding(5)), ("dim", () => new RotaryEmbedding(-2)),
        ("baseFrequency", () => new RotaryEmbedding(4, 0)), ("baseFrequency", () => new RotaryEmbedding(4, double.NaN)),
        ("layout", () => new RotaryEmbedding(4, layout: (RotaryLayout)2)),
        ("dim", () => new SinusoidalEncoding(0)), ("baseFrequency", () => new SinusoidalEncoding(4, double.PositiveInfinity)),
        ("maxLength", () => new LearnedPositions(0, 3)), ("dim", () => new LearnedPositions(3, 0)),
    ];

    public static IEnumerable<TheoryDataRow<int, string>> WrongCases => Wrong.Select((entry, i) => new TheoryDataRow<int, string>(i, entry.Argument));

    [Theory]
    [MemberData(nameof(WrongCases))]
    public void ArgumentsAreChecked(int index, string argument) => Rejected.Check(argument, Wrong[index].Action);
}
