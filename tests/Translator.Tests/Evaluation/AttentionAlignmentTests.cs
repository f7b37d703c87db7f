using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class AttentionAlignmentTests
{
    [Fact]
    public void LinksEachTargetWordToItsLargestWeight()
    {
        float[,] weights = { { .1f, .7f, .2f }, { .4f, .4f, .2f }, { 0, 0, 0 }, { 0, 0, .01f }, { .3f, .3f, .4f } };
        AlignmentLink[] links = [new(1, 0), new(0, 1), new(2, 3), new(2, 4)];
        Assert.Equal(links, AttentionAlignment.Of(weights));
        Assert.Equal(links, AttentionAlignment.Of(weights.Cast<float>().ToArray(), sourceLength: 3));
    }

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
