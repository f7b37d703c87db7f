using TorchSharp;
using Translator.Batching;
using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Batching;

public class BatchTests
{
    [Fact]
    public void PadsMarksAndCounts()
    {
        using var batch = Batch.Of([new EncodedPair([7, 8, 9], [5]), new EncodedPair([6], [4, 5, 6])], torch.CPU);

        Assert.Equal([7, 8, 9, 3, 6, 3, 0, 0], batch.Source.data<long>().ToArray());
        Assert.Equal([4L, 2], batch.SourceLengths);
        Assert.Equal([2, 5, 0, 0, 2, 4, 5, 6], batch.TargetInput!.data<long>().ToArray());
        Assert.Equal([5, 3, 0, 0, 4, 5, 6, 3], batch.TargetOutput!.data<long>().ToArray());
        Assert.Equal(6, batch.TargetTokens);
        Assert.Equal(6, batch.SourceTokens);
    }

    [Fact]
    public void ShuffleHasEveryPairOnceInBatchesOfLikeLength()
    {
        var random = new Random(3);
        var pairs = Enumerable.Range(0, 103)
            .Select(i => new EncodedPair(new long[random.Next(1, 12)], [i]))
            .ToList();

        var batches = Bucketing.Shuffle(pairs, 10, new SplitMix64(1));

        Assert.Equal(11, batches.Count);
        Assert.Equal(Enumerable.Range(0, 103).Select(i => (long)i), batches.SelectMany(batch => batch).Select(pair => pair.Target[0]).Order());
        Assert.All(batches, batch => Assert.InRange(batch.Max(pair => pair.Source.Length) - batch.Min(pair => pair.Source.Length), 0, 2));
    }

    [Fact]
    public void TokenBatchesAreFullAndNotMore()
    {
        var random = new Random(3);
        var pairs = Enumerable.Range(0, 500)
            .Select(i => new EncodedPair(new long[random.Next(1, 12)], [i, .. new long[random.Next(0, 12)]])).Append(new EncodedPair(new long[70], [500]))
            .ToList();

        var batches = Bucketing.ShuffleByTokens(pairs, 60, new SplitMix64(1));

        Assert.Equal(Enumerable.Range(0, 501).Select(i => (long)i), batches.SelectMany(batch => batch).Select(pair => pair.Target[0]).Order());
        Assert.All(batches, batch => Assert.True(batch.Length == 1 || Tokens(batch) <= 60, $"{Tokens(batch)} tokens"));
        Assert.Contains(batches, batch => batch is [{ Source.Length: 70 }]);
        // No two neighbours in length would have fitted into one batch.
        var sorted = batches.OrderBy(batch => batch[0].Source.Length).ThenBy(batch => batch[0].Target.Length).ToList();
        Assert.All(sorted.Zip(sorted.Skip(1)), two => Assert.True(Tokens([.. two.First, two.Second[0]]) > 60));

        static int Tokens(EncodedPair[] batch) => batch.Length * batch.Max(pair => Math.Max(pair.Source.Length, pair.Target.Length) + 1);
    }

    [Fact]
    public void ShuffleIsDecidedByItsSeed()
    {
        var pairs = Enumerable.Range(0, 50).Select(i => new EncodedPair(new long[1 + (i % 5)], [i])).ToList();

        Assert.Equal(Order(1), Order(1));
        Assert.NotEqual(Order(1), Order(2));
        Assert.Equal(TokenOrder(1), TokenOrder(1));
        Assert.NotEqual(TokenOrder(1), TokenOrder(2));

        long[] TokenOrder(int seed) => [.. Bucketing.ShuffleByTokens(pairs, 20, new SplitMix64((ulong)seed)).SelectMany(batch => batch).Select(pair => pair.Target[0])];
        long[] Order(int seed) => [.. Bucketing.Shuffle(pairs, 8, new SplitMix64((ulong)seed)).SelectMany(batch => batch).Select(pair => pair.Target[0])];
    }
}
