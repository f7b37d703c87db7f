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
        Assert.Equal(5, told[2][0]);
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
        var start = new Counter(0);
        Assert.Throws<InvalidOperationException>(() => GreedySearch.Run<Counter>(
            (_, _) => throw new InvalidOperationException(), start, Begin, End, [3], CPU));
        Assert.True(start.IsDisposed);
    }

    private static IReadOnlyList<Hypothesis> Run(int[] limits, List<long[]>? told = null, List<Counter>? states = null)
    {
        return GreedySearch.Run(Step, Remember(new Counter(0)), Begin, End, limits, CPU);

        (Tensor, Tensor, Counter) Step(Tensor words, Counter state)
        {
            told?.Add(words.data<long>().ToArray());
            var probabilities = new float[Script.Length, Words];
            var weights = new float[Script.Length, Script[^1].Length];
            for (var i = 0; i < Script.Length; i++)
            {
                var wanted = Script[i][Math.Min(state.Time, Script[i].Length - 1)];
                for (var j = 0; j < Words; j++) probabilities[i, j] = MathF.Log(j == wanted ? 0.9f : 0.1f / (Words - 1));
                weights[i, state.Time] = 1;
            }
            return (tensor(probabilities), tensor(weights), Remember(new Counter(state.Time + 1)));
        }

        Counter Remember(Counter counter)
        {
            states?.Add(counter);
            return counter;
        }
    }

    private sealed class Counter(int time) : IDisposable
    {
        public int Time => time;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
