using Translator.Corpus;
using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class WordWeightsTests
{
    [Fact]
    public void TokensOfAWordCountTogetherAndSpacesNot()
    {
        float[,] weights = { { 0.1f, 0.2f, 0.4f }, { 0.3f, 0.1f, 0.2f }, { 0.9f, 0.9f, 0.9f } };
        var words = WordWeights.Of(weights, targetWords: [0, 0, -1], sourceWords: [0, 1, 1]);

        Assert.Equal((1, 2), (words.GetLength(0), words.GetLength(1)));
        Assert.Equal(0.4f, words[0, 0], 1e-6f);
        Assert.Equal(0.9f, words[0, 1], 1e-6f);
        Assert.Equal([new AlignmentLink(1, 0)], AttentionAlignment.Of(words));
    }

    [Fact]
    public void TokensThatDoNotFitAreAnError() =>
        Assert.Throws<ArgumentException>(() => WordWeights.Of(new float[2, 3], [0, 1], [0, 1]));
}
