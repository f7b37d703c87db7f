using TorchSharp;
using Translator.Search;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Search;

/// <summary>The search against enumerations on models small enough for them.</summary>
public class BeamSearchTests
{
    /// <summary>Steps add up float32 numbers in double, in one order; the oracle in the same.</summary>
    private const double Exact = 1e-9;

    private const int Words = 4;

    public static TheoryData<double, int> Rules { get; } = [.. from penalty in (double[])[0, 0.6, 1, 2, -0.5] from size in (int[])[0, 1, 2] select (penalty, size)];

    /// <summary>A beam wider than there are hypotheses misses none.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void AWideBeamIsAnExhaustiveSearch(double penalty, int noRepeat)
    {
        var options = new BeamOptions(Beam: 500, penalty, noRepeat, Best: 7);
        for (var seed = 0; seed < 20; seed++)
        {
            var model = new RandomModel(seed, Words);
            int[] limits = [4, 1, 3];
            var found = BeamSearch.Run(model.Model, model.Start(0, 1, 2), limits, options);
            for (var sentence = 0; sentence < limits.Length; sentence++)
                AssertSame(Exhaustive(model, sentence, limits[sentence], options), found[sentence]);
        }
    }

    /// <summary>A narrow beam, and its early end, against a search of one sentence that goes on to the greatest length.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void ANarrowBeamIsTheDefinition(double penalty, int noRepeat)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var model = new RandomModel(seed, Words + (seed % 3));
            var options = new BeamOptions(Beam: 1 + (seed % 4), penalty, noRepeat, Best: 1 + (seed % 3));
            var found = BeamSearch.Run(model.Model, model.Start(5), [6], options);
            AssertSame(Definition(model, 5, 6, options), found[0]);
        }
    }

    [Fact]
    public void ABeamOfOneIsGreedy()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var model = new RandomModel(seed, 7);
            int[] limits = [9, 3, 0, 6];
            var greedy = GreedySearch.Run(model.Model, model.Start(0, 1, 2, 3), limits);
            var beam = BeamSearch.Run(model.Model, model.Start(0, 1, 2, 3), limits, new BeamOptions(Beam: 1, LengthPenalty: 0));
            Assert.All(greedy.Zip(beam), pair => AssertSame([pair.First], pair.Second));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ABatchIsSearchedAsItsSentencesAlone(int beam)
    {
        var model = new RandomModel(1, 9);
        int[] limits = [8, 2, 5, 0, 8, 11];
        var options = new BeamOptions(beam, Best: beam);
        var together = BeamSearch.Run(model.Model, model.Start(0, 1, 2, 3, 4, 5), limits, options);
        for (var sentence = 0; sentence < limits.Length; sentence++)
            AssertSame(BeamSearch.Run(model.Model, model.Start(sentence), [limits[sentence]], options)[0], together[sentence]);
    }

    [Fact]
    public void FinishedSentencesLeaveTheBatch()
    {
        var model = new RandomModel(2, 9);
        BeamSearch.Run(model.Model, model.Start(0, 1, 2), [2, 9, 4], new BeamOptions(Beam: 2, LengthPenalty: 0, Best: 2));
        Assert.Equal(3, model.Widths[0]);
        Assert.Equal(6, model.Widths[1]);
        Assert.Equal(2, model.Widths[^1]);
        Assert.Equal(model.Widths.Skip(1).OrderDescending(), model.Widths.Skip(1));

        var greedy = new RandomModel(2, 9);
        GreedySearch.Run(greedy.Model, greedy.Start(0, 1, 2), [2, 9, 4]);
        Assert.Equal(3, greedy.Widths[0]);
        Assert.Equal(1, greedy.Widths[^1]);
    }

    [Fact]
    public void NoNGramStandsTwice()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var model = new RandomModel(seed, 5);
            foreach (var found in BeamSearch.Run(model.Model, model.Start(1), [25], new BeamOptions(Beam: 3, LengthPenalty: 5, NoRepeat: 2, Best: 3))[0])
            {
                var pairs = found.Words.Zip(found.Words.Skip(1)).ToList();
                Assert.Equal(pairs.Distinct().Count(), pairs.Count);
            }
        }
    }

    [Fact]
    public void EveryStateAndTensorIsDisposed()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var model = new RandomModel(3, 6);
        BeamSearch.Run(model.Model, model.Start(0, 1), [7, 3], new BeamOptions(Beam: 3, NoRepeat: 1));
        Assert.All(model.States, state => Assert.True(state.IsDisposed));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AnExceptionInTheStepDisposesTheState()
    {
        var start = new RandomModel(1, 4).Start(0);
        var model = new SearchModel<RandomModel.Remembered>(
            (_, _) => throw new InvalidOperationException(), (state, _) => state, RandomModel.Begin, RandomModel.End, CPU);
        Assert.Throws<InvalidOperationException>(() => BeamSearch.Run(model, start, [3], new BeamOptions()));
        Assert.True(start.IsDisposed);
    }

    /// <summary>Every sequence there is, ranked.</summary>
    private static List<Hypothesis> Exhaustive(RandomModel model, int sentence, int limit, BeamOptions options)
    {
        var (ended, cut) = (new List<Hypothesis>(), new List<Hypothesis>());
        Extend([], 0, []);
        return [.. ended.OrderByDescending(found => found.Score).Concat(cut.OrderByDescending(found => found.Score)).Take(options.Best)];

        void Extend(long[] words, double logProbability, float[][] weights)
        {
            if (words.Length == limit)
            {
                cut.Add(Describe(words, weights, logProbability, limit, options));
                return;
            }
            var next = model.Next(sentence, words);
            for (var word = RandomModel.End; word < model.Words; word++)
                if (word == RandomModel.End)
                    ended.Add(Describe(words, weights, logProbability + next[word], words.Length + 1, options));
                else if (!Repeats([.. words, word], options.NoRepeat))
                    Extend([.. words, word], logProbability + next[word], [.. weights, Look(sentence, words)]);
        }
    }

    /// <summary>A beam search in the plainest form: one sentence, arrays, no early end.</summary>
    private static List<Hypothesis> Definition(RandomModel model, int sentence, int limit, BeamOptions options)
    {
        var live = new List<(long[] Words, float[][] Weights, double LogProbability)> { ([], [], 0) };
        var ended = new List<Hypothesis>();
        for (var step = 1; step <= limit; step++)
        {
            var ranked = live
                .SelectMany(item => model.Next(sentence, item.Words).Select((gain, word) => (item, Word: (long)word, LogProbability: item.LogProbability + gain)))
                .Where(item => item.LogProbability > double.NegativeInfinity && !Repeats([.. item.item.Words, item.Word], options.NoRepeat))
                .OrderByDescending(item => item.LogProbability).ToList();
            ended.AddRange(ranked.Take(options.Beam).Where(item => item.Word == RandomModel.End)
                .Select(item => Describe(item.item.Words, item.item.Weights, item.LogProbability, step, options)));
            var next = ranked.Where(item => item.Word != RandomModel.End).Take(options.Beam)
                .Select(item => ((long[])[.. item.item.Words, item.Word], (float[][])[.. item.item.Weights, Look(sentence, item.item.Words)], item.LogProbability)).ToList();
            if (next.Count > 0 || ended.Count > 0) live = next;
            if (next.Count == 0) break;
        }
        var cut = live.Select(item => Describe(item.Words, item.Weights, item.LogProbability, item.Words.Length, options));
        return [.. ended.OrderByDescending(found => found.Score).Concat(cut.OrderByDescending(found => found.Score)).Take(options.Best)];
    }

    private static Hypothesis Describe(long[] words, float[][] weights, double logProbability, int length, BeamOptions options) =>
        new(words, weights, logProbability, logProbability / Math.Pow((5.0 + length) / 6, options.LengthPenalty));

    /// <summary>The row of weights that the model gives for the word after these.</summary>
    private static float[] Look(int sentence, long[] words) => [sentence, words.Length, words.Length == 0 ? RandomModel.Begin : words[^1]];

    private static bool Repeats(long[] words, int size)
    {
        if (size == 0 || words[^1] == RandomModel.End) return false;
        var grams = Enumerable.Range(0, Math.Max(0, words.Length - size + 1)).Select(at => string.Join(' ', words[at..(at + size)])).ToList();
        return grams.Distinct().Count() < grams.Count;
    }

    private static void AssertSame(IReadOnlyList<Hypothesis> expected, IReadOnlyList<Hypothesis> actual)
    {
        Assert.Equal(expected.Select(found => string.Join(' ', found.Words)), actual.Select(found => string.Join(' ', found.Words)));
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.Weights, other.Weights);
            Assert.Equal(one.LogProbability, other.LogProbability, Exact);
            Assert.Equal(one.Score, other.Score, Exact);
        }
    }
}
