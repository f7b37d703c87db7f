using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class ExactMatchTests
{
    [Fact]
    public void CountsEqualSentences()
    {
        var match = ExactMatch.Of(["a b", "a  b ", "A b", "ab", ""], ["a b", "a b", "a b", "a b", " "]);
        Assert.Equal(new ExactMatch(3, 5), match);
        Assert.Equal(0.6, match.Rate, 1e-15);
    }

    [Fact]
    public void UnequalOrEmptyCorporaAreErrors()
    {
        Assert.Throws<ArgumentException>(() => ExactMatch.Of(["a"], []));
        Assert.Throws<ArgumentException>(() => ExactMatch.Of([], []));
    }
}
