using TorchSharp;
using Translator.Search;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Search;

/// <summary>The search against a scripted step: no network.</summary>
public class GreedySearchTests
{
    private const long Begin = 2;
    private const long End = 3;
    private const int Words = 7;

    /// <summary>What the scripted model wants to say, per sentence, whatever it is told.</summary>
    private static readonly long[][] Script = [[4, 5, End], [6, End], [5, 5, 5, 5, 5]];

    [Fact]
    public void FollowsTheLikeliestWordUntilTheEndMarkOrTheLimit()
    {
        var found = Run([9, 9, 4]);

        Assert.Equal([4, 5], found[0].Words);
        Assert.Equal([6], found[1].Words);
        Assert.Equal([5, 5, 5, 5], found[2].Words);
    }

    [Fact]
    public void AFinishedSentenceKeepsItsWeightsAndItsProbability()
    {
        var found = Run([9, 9, 4]);

        // Step t looks at source word t; the end mark's step leaves no row, but counts in the probability.
        Assert.Equal(2, found[0].Weights.Length);
        Assert.Equal([0, 1, 0, 0, 0], found[0].Weights[1]);
        Assert.Equal(3 * Math.Log(0.9), found[0].LogProbability, 1e-5);
        Assert.Equal(2 * Math.Log(0.9), found[1].LogProbability, 1e-5);
        Assert.Equal(4 * Math.Log(0.9), found[2].LogProbability, 1e-5);
    }

    [Fact]
    public void TheStepIsToldWhatWasChosenBefore()
    {
        var told = new List<long[]>();
        Run([9, 9, 2], told);

        Assert.Equal([Begin, Begin, Begin], told[0]);
        Assert.Equal([4, 6, 5], told[1]);
        // The second sentence has ended and the third has its two words.
        Assert.Equal([5], told[2]);
    }

    [Fact]
    public void EveryStateAndTensorIsDisposed()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var states = new List<Counter>();
        Run([9, 9, 4], states: states);

        Assert.All(states, state => Assert.True(state.IsDisposed));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AnExceptionInTheStepDisposesTheState()
    {
        var start = new Counter(0, [0]);
        var model = new SearchModel<Counter>((_, _) => throw new InvalidOperationException(), (state, _) => state, Begin, End, CPU);
        Assert.Throws<InvalidOperationException>(() => GreedySearch.Run(model, start, [3]));
        Assert.True(start.IsDisposed);
    }

    private static IReadOnlyList<Hypothesis> Run(int[] limits, List<long[]>? told = null, List<Counter>? states = null)
    {
        return GreedySearch.Run(new SearchModel<Counter>(Step, Select, Begin, End, CPU), Remember(new Counter(0, [0, 1, 2])), limits);

        (Tensor, Tensor, Counter) Step(Tensor words, Counter state)
        {
            told?.Add(words.data<long>().ToArray());
            var rows = state.Rows;
            var probabilities = new float[rows.Length, Words];
            var weights = new float[rows.Length, Script[^1].Length];
            for (var i = 0; i < rows.Length; i++)
            {
                var script = Script[rows[i]];
                var wanted = script[Math.Min(state.Time, script.Length - 1)];
                for (var j = 0; j < Words; j++) probabilities[i, j] = MathF.Log(j == wanted ? 0.9f : 0.1f / (Words - 1));
                weights[i, state.Time] = 1;
            }
            state.Dispose();
            return (tensor(probabilities), tensor(weights), Remember(new Counter(state.Time + 1, rows)));
        }

        Counter Select(Counter state, Tensor rows)
        {
            state.Dispose();
            return Remember(new Counter(state.Time, [.. rows.data<long>().ToArray().Select(row => state.Rows[row])]));
        }

        Counter Remember(Counter counter)
        {
            states?.Add(counter);
            return counter;
        }
    }

    /// <summary>How many steps were made, and which sentence each row is of.</summary>
    private sealed class Counter(int time, int[] rows) : IDisposable
    {
        public int Time => time;

        public int[] Rows => rows;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
