using Translator.Search;
using Xunit;

namespace Translator.Tests.Search;

public class CopyingTests
{
    private static readonly float[,] Weights = { { 0.7f, 0.2f, 0.1f }, { 0.6f, 0.1f, 0.3f } };

    [Fact]
    public void TheMostAttendedOfTheUnknownSourceWordsIsCopied()
    {
        string[] target = ["the", "<unk>"];
        Copying.Fill(target, [4, 1], ["der", "Xaver", "Yvo"], [5, 1, 1], Weights);
        Assert.Equal(["the", "Yvo"], target);
    }

    [Fact]
    public void WithoutUnknownSourceWordsItIsTheMostAttendedOfAll()
    {
        string[] target = ["<unk>", "<unk>"];
        Copying.Fill(target, [1, 1], ["der", "Hund", "bellt"], [5, 6, 7], Weights);
        Assert.Equal(["der", "der"], target);
    }
}
