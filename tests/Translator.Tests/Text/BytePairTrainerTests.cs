using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class BytePairTrainerTests
{
    private static readonly Lazy<IReadOnlyList<string>> Toy = new(() =>
        [.. ToyText.Sentences(2000)]);

    [Fact]
    public void TheMostFrequentPairComesFirstAndOrdinalOrderDecidesBetweenEquals()
    {
        // ▁a 4, ab 4; then ▁ab 4; then bc 2 and ▁abc; the c of xc stands once beside the x.
        var merges = BytePairTrainer.Train(["ab ab abc abc", "xc"], 10).Merges;
        Assert.Equal([new("a", "b"), new("▁", "ab"), new("▁ab", "c")], merges);
    }

    /// <summary>The definition, without an index and without a queue: count all pairs of all words anew for every merge.</summary>
    [Fact]
    public void EqualsCountingAnew()
    {
        var sentences = Toy.Value.Take(400).ToList();
        Assert.Equal(Slowly(sentences, 150), BytePairTrainer.Train(sentences, 150).Merges);
    }

    [Fact]
    public void EqualsCountingAnewWherePiecesOverlap()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 300; trial++)
        {
            // Two letters and long words: runs of one letter, and pieces that can be made in several ways.
            string[] sentences = [.. Enumerable.Range(0, 6).Select(_ => string.Concat(
                Enumerable.Range(0, random.Next(1, 14)).Select(_ => "ab "[random.Next(random.Next(2, 4))])))];
            Assert.Equal(Slowly(sentences, 20), BytePairTrainer.Train(sentences, 20).Merges);
        }
    }

    [Fact]
    public void TheOrderOfTheTextDoesNotMatter() => Assert.Equal(
        BytePairTrainer.Train(Toy.Value, 500).Merges, BytePairTrainer.Train(Toy.Value.Reverse(), 500).Merges);

    [Fact]
    public void ItCanBeStopped() => Assert.Throws<OperationCanceledException>(
        () => BytePairTrainer.Train(["ab ab"], 10, new CancellationToken(canceled: true)));

    [Fact]
    public void ItStopsWhenNoPairOccursTwice()
    {
        Assert.Empty(BytePairTrainer.Train([], 10).Merges);
        Assert.Empty(BytePairTrainer.Train(["abc"], 10).Merges);
        Assert.Equal(4, BytePairTrainer.Train(["abcd abcd"], 100).Merges.Count);
    }

    private static List<Merge> Slowly(IReadOnlyList<string> sentences, int count)
    {
        var words = sentences.SelectMany(TextRuns.Split).Select(run => run.EnumerateRunes().Select(rune => rune.ToString()).ToList()).ToList();
        var merges = new List<Merge>();
        while (merges.Count < count)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1), (left, right) => new Merge(left, right)))
                .CountBy(pair => pair)
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal).ThenBy(pair => pair.Key.Right, StringComparer.Ordinal)
                .FirstOrDefault();
            if (best.Value < 2)
                break;
            merges.Add(best.Key);
            foreach (var word in words)
                Cut(word, merges);
        }
        return merges;
    }

    /// <summary>One merge at a time: the earliest in the list that the word holds, at its leftmost place.</summary>
    private static void Cut(List<string> word, List<Merge> merges)
    {
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var at = Enumerable.Range(0, word.Count - 1).FirstOrDefault(i => merges[rank] == new Merge(word[i], word[i + 1]), -1);
            if (at < 0)
                continue;
            word[at] = merges[rank].Piece;
            word.RemoveAt(at + 1);
            rank = -1;
        }
    }
}
