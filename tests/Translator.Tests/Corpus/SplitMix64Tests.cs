using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Corpus;

public class SplitMix64Tests
{
    [Fact]
    public void Draws_the_published_sequence()
    {
        var random = new SplitMix64(1234567);

        ulong[] drawn = [.. Enumerable.Range(0, 5).Select(_ => random.Next())];

        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], drawn);
    }

    [Fact]
    public void Weights_say_how_often_an_item_comes()
    {
        var random = new SplitMix64(7);

        var drawn = Enumerable.Range(0, 10_000).Select(_ => random.Pick(("a", 1), ("never", 0), ("b", 3))).CountBy(item => item).ToDictionary();

        Assert.DoesNotContain("never", drawn.Keys);
        Assert.InRange(drawn["b"], 7_300, 7_700); // 7,500, and 4.6 standard deviations of 43
    }

    [Fact]
    public void A_shuffle_keeps_every_item()
    {
        List<int> items = [.. Enumerable.Range(0, 101)];

        new SplitMix64(7).Shuffle(items);

        Assert.NotEqual(Enumerable.Range(0, 101), items);
        Assert.Equal(Enumerable.Range(0, 101), items.Order());
    }
}
