using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class CharacterTokenizerTests
{
    private static readonly CharacterTokenizer Tokenizer = new();

    [Theory]
    [InlineData("", "")]
    [InlineData("我喜欢。", "我|喜|欢|。")]
    [InlineData("𠮷野家で", "𠮷|野|家|で")]
    [InlineData("我 love it", "我|▁|l|o|v|e|▁|i|t")]
    public void EveryCharacterIsAToken(string text, string tokens)
    {
        Assert.Equal(tokens, string.Join('|', Tokenizer.Split(text)));
        Assert.Equal(text, Tokenizer.Join(Tokenizer.Split(text)));
    }

    [Fact]
    public void WordsAreCharactersAndSpacesAreNone() => Assert.Equal([0, -1, 1, 2], Tokenizer.Words(["我", "▁", "i", "t"]));
}
