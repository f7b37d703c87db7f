using TorchSharp;
using Translator.Batching;
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

        var batches = Bucketing.Shuffle(pairs, 10, new Random(1));

        Assert.Equal(11, batches.Count);
        Assert.Equal(Enumerable.Range(0, 103).Select(i => (long)i), batches.SelectMany(batch => batch).Select(pair => pair.Target[0]).Order());
        Assert.All(batches, batch => Assert.InRange(batch.Max(pair => pair.Source.Length) - batch.Min(pair => pair.Source.Length), 0, 2));
    }

    [Fact]
    public void ShuffleIsDecidedByItsSeed()
    {
        var pairs = Enumerable.Range(0, 50).Select(i => new EncodedPair(new long[1 + (i % 5)], [i])).ToList();

        Assert.Equal(Order(1), Order(1));
        Assert.NotEqual(Order(1), Order(2));

        long[] Order(int seed) => [.. Bucketing.Shuffle(pairs, 8, new Random(seed)).SelectMany(batch => batch).Select(pair => pair.Target[0])];
    }
}
