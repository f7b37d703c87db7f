using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class WhitespaceTokenizerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\r\n", "")]
    [InlineData("one", "one")]
    [InlineData("  a  b\tc\n", "a|b|c")]
    [InlineData("a\u00A0b\u202Fc\u2003d\u3000e\u2028f\u0085g\u001Fh", "a|b|c|d|e|f|g|h")]
    [InlineData("z\u200Bero\uFEFF width", "z\u200Bero\uFEFF|width")]
    [InlineData("é 😀 ,", "é|😀|,")]
    public void SplitsAtUnicodeWhitespace(string text, string words) =>
        Assert.Equal(words, string.Join('|', WhitespaceTokenizer.Split(text)));

    [Fact]
    public void JoinUndoesSplit() =>
        Assert.Equal("a b c", WhitespaceTokenizer.Join(WhitespaceTokenizer.Split(" a\tb  c ")));
}
