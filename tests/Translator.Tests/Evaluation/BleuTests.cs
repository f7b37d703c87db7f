using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class BleuTests
{
    /// <summary>Both sides compute in double; only the order of a few additions may differ.</summary>
    private const double Rounding = 1e-11;

    public static TheoryData<string> Names => [.. BleuFigures.All.Select(figure => figure.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EqualsSacreBleu(string name)
    {
        var figure = BleuFigures.All.Single(figure => figure.Name == name);
        var options = new BleuOptions(figure.Tokenization, figure.LowerCase);
        var score = Bleu.Corpus(figure.Hypotheses, figure.References, options);

        Assert.Equal(figure.HypothesisLength, score.HypothesisLength);
        Assert.Equal(figure.ReferenceLength, score.ReferenceLength);
        Assert.Equal(figure.Precisions.Length, score.Precisions.Count);
        Assert.All(figure.Precisions.Zip(score.Precisions), pair => Assert.Equal(pair.First, pair.Second, Rounding));
        Assert.Equal(figure.BrevityPenalty, score.BrevityPenalty, Rounding);
        Assert.Equal(figure.Score, score.Score, Rounding);
        Assert.Equal($"BLEU|{options.Signature} = {figure.Line}", score.ToString());
    }

    [Fact]
    public void CorpusScoreIsNotTheMeanOfSentenceScores()
    {
        var corpus = Bleu.Corpus(["a b c d e", "f g"], ["a b c d e", "f h"]).Score;
        var mean = (Bleu.Corpus(["a b c d e"], ["a b c d e"]).Score + Bleu.Corpus(["f g"], ["f h"]).Score) / 2;
        Assert.InRange(corpus - mean, 10, 100);
    }

    [Fact]
    public void SignatureNamesTheOptions()
    {
        Assert.Equal("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|impl:TorchAttention", new BleuOptions().Signature);
        Assert.Equal(
            "nrefs:1|case:lc|eff:no|tok:none|smooth:exp|impl:TorchAttention",
            new BleuOptions(BleuTokenization.None, LowerCase: true).Signature);
    }

    [Fact]
    public void UnequalOrEmptyCorporaAreErrors()
    {
        var error = Assert.Throws<ArgumentException>(() => Bleu.Corpus(["a", "b"], ["a", "b", "c"]));
        Assert.Contains("2 hypotheses", error.Message);
        Assert.Contains("3 references", error.Message);
        Assert.Throws<ArgumentException>(() => Bleu.Corpus([], []));
    }

    [Theory]
    [InlineData("It's 3.14, or so...", "It's|3.14|,|or|so|.|.|.")]
    [InlineData("1990-95 and well-known", "1990|-|95|and|well-known")]
    [InlineData("&lt;a&gt; &amp;quot;", "<|a|>|&|quot|;")]
    [InlineData("(x)", "(|x|)")]
    [InlineData("  ", "")]
    public void Mteval13aSplits(string sentence, string words) =>
        Assert.Equal(words, string.Join('|', Mteval13a.Split(sentence)));
}
