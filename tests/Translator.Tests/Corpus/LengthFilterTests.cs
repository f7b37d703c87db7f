using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Corpus;

public class LengthFilterTests
{
    private static readonly LengthFilter Filter = new(text => text.Length, text => text.Length, MaxLength: 6, MaxRatio: 3);

    [Theory]
    [InlineData("123456", "12", LengthFilter.Verdict.Kept)]
    [InlineData("1234567", "1234567", LengthFilter.Verdict.TooLong)]
    [InlineData("1", "1234567", LengthFilter.Verdict.TooLong)]
    [InlineData("1234", "1", LengthFilter.Verdict.TooUneven)]
    [InlineData("1", "123", LengthFilter.Verdict.Kept)]
    [InlineData("", "1", LengthFilter.Verdict.TooUneven)]
    public void BoundsAreInclusiveAndBothSidesCount(string source, string target, LengthFilter.Verdict verdict) =>
        Assert.Equal(verdict, Filter.Judge(new(source, target)));

    [Fact]
    public void EachSideHasItsOwnMeasure()
    {
        var filter = new LengthFilter(text => text.Length, text => text.Split(' ').Length, MaxLength: 4);
        Assert.Equal(LengthFilter.Verdict.Kept, filter.Judge(new("1234", "one two three four")));
        Assert.Equal(LengthFilter.Verdict.TooLong, filter.Judge(new("12345", "one")));
    }

    [Fact]
    public void WhatIsLeftOutIsCountedByItsReason()
    {
        var kept = Filter.Apply([new("12", "12"), new("1234567", "1"), new("1", "1234"), new("1", "12345"), new("3", "3")]);
        Assert.Equal([new("12", "12"), new("3", "3")], kept.Pairs);
        Assert.Equal((1, 2), (kept.TooLong, kept.TooUneven));
    }
}
