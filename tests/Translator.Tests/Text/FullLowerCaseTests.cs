using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class FullLowerCaseTests
{
    [Theory]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ΟΔΟΣ.", "οδος.")]
    [InlineData("Σ", "σ")]
    [InlineData("ΣΑΣ ΣΑΣ", "σας σας")]
    [InlineData("Α\u0301Σ\u0301", "α\u0301ς\u0301")]
    [InlineData("ΑΣ'Α", "ασ'α")]
    [InlineData("ΑΣ' Α", "ας' α")]
    [InlineData("'Σ", "'σ")]
    [InlineData("İI", "i\u0307i")]
    public void SigmaIsFinalAfterALetterAndBeforeNone(string text, string lower) => Assert.Equal(lower, FullLowerCase.Of(text));

    [Fact]
    public void ItsWorkGrowsAsTheText()
    {
        var text = new string('Σ', 500_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var lower = FullLowerCase.Of(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(new string('σ', 499_999) + "ς", lower);
        // A few copies of the text, whatever their kind; a copy for each sigma would be a thousand times that.
        Assert.InRange(allocated, 0, 200L * text.Length);
    }
}
