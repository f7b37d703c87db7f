using Translator.Corpus;
using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class AttentionAlignmentTests
{
    private static readonly float[,] Weights = { { .1f, .7f, .2f }, { .4f, .4f, .2f }, { 0, 0, 0 }, { 0, 0, .01f }, { .2f, .3f, .5f } };

    [Fact]
    public void LinksEachTargetWordToWhatItLooksAtMostAndNearlyAsMuch()
    {
        AlignmentLink[] links = [new(1, 0), new(0, 1), new(1, 1), new(2, 1), new(2, 3), new(1, 4), new(2, 4)];
        Assert.Equal(links, AttentionAlignment.Of(Weights));
        Assert.Equal(links, AttentionAlignment.Of(Weights.Cast<float>().ToArray(), sourceLength: 3));
        Assert.Equal([.. links.Where(link => link != new AlignmentLink(2, 1))], AttentionAlignment.Of(Weights, share: 0.6));
    }

    [Fact]
    public void AShareAboveOneLeavesTheFirstOfTheLargest() =>
        Assert.Equal([new(1, 0), new(0, 1), new(2, 3), new(2, 4)], AttentionAlignment.Of(Weights, share: 1.5));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void AShareIsPositive(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AttentionAlignment.Of(Weights, share));

    [Fact]
    public void NoTargetWordGivesNoLink()
    {
        Assert.Empty(AttentionAlignment.Of(new float[0, 5]));
        Assert.Empty(AttentionAlignment.Of([], sourceLength: 0));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-.1f)]
    public void BadWeightsAreErrors(float bad)
    {
        var error = Assert.Throws<ArgumentException>(() => AttentionAlignment.Of(new[,] { { 1f, 0 }, { .9f, bad } }));
        Assert.Contains("[1, 1]", error.Message);
    }

    [Fact]
    public void RaggedRowsAreErrors() =>
        Assert.Throws<ArgumentException>(() => AttentionAlignment.Of([1f, 2f, 3f, 4f, 5f], sourceLength: 2));
}
