using System.Security.Cryptography;
using System.Text;
using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class NfkcTests
{
    [Theory]
    [InlineData("ﬁne", "fine")]
    [InlineData("Ｈｉ！　①", "Hi! 1")]
    [InlineData("e\u0301", "é")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("한", "한")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u212B", "Å")]
    [InlineData("plain, as it was", "plain, as it was")]
    public void JoinsWhatMeansTheSame(string text, string normal) => Assert.Equal(normal, Nfkc.Of(text));

    /// <summary>The digest of every character's form, a line each, as Python 3.11's unicodedata (Unicode 14.0.0) gives them.</summary>
    [Fact]
    public void EqualsAnotherImplementationForEveryCharacter() => Assert.Equal(
        "06e7277bca1b5f061a23d4e0caee648a132aee7e3fe7ae21a6f460298c980a11", Digest(Characters().Select(Form)));

    /// <summary>The same for random strings of what is changed, of marks that must be ordered, and of Hangul.</summary>
    [Fact]
    public void EqualsAnotherImplementationForStrings()
    {
        var pool = Characters().Where(IsOfInterest).ToArray();
        Assert.Equal(PoolSize, pool.Length);
        ulong state = 12345;
        Assert.Equal(PoolDigest, Digest(Enumerable.Range(0, 20_000).Select(_ =>
            Nfkc.Of(string.Concat(Enumerable.Range(0, 8).Select(_ => pool[(int)(Next() % (ulong)pool.Length)].ToString()))))));

        ulong Next() => (state = unchecked((state * 6364136223846793005) + 1442695040888963407)) >> 33;
    }

    private const int PoolSize = 6366;
    private const string PoolDigest = "5989e0624382501ce53a5049593462da75e717eb710f594622ec75b385bd3a63";

    private static bool IsOfInterest(Rune rune) => Form(rune) != rune.ToString() || rune.Value
        is >= 0x20 and < 0x250 or >= 0x300 and < 0x370 or >= 0x590 and < 0x5F0 or >= 0x1100 and < 0x1200 or >= 0xAC00 and < 0xAE00;

    private static string Form(Rune rune) => Nfkc.Of(rune.ToString());

    private static IEnumerable<Rune> Characters() => Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value));

    private static string Digest(IEnumerable<string> lines)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
            digest.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
