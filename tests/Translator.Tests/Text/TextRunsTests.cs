using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class TextRunsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Go on.", "▁Go|▁on|.")]
    [InlineData("don't", "▁don|'|t")]
    [InlineData("(1990) a4!?", "▁(|1990|)|▁a|4|!?")]
    [InlineData("上海2016年。", "▁上海|2016|年|。")]
    [InlineData("e\u0301te\u0301", "▁e\u0301te\u0301")]
    [InlineData("- \u0301x", "▁-|▁\u0301|x")]
    public void LettersDigitsAndSignsStandApart(string text, string runs) =>
        Assert.Equal(runs, string.Join('|', TextRuns.Split(text)));

    [Fact]
    public void ALongRunIsCut()
    {
        var runs = TextRuns.Split(new string('a', 200)).ToList();
        Assert.Equal([64, 64, 64, 9], runs.Select(run => run.Length));
        Assert.Equal("▁" + new string('a', 200), string.Concat(runs));
    }
}
