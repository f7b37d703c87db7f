using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>The number of threads is the whole process's, so these run alone and take back what they set.</summary>
[CollectionDefinition(nameof(FlexThreads), DisableParallelization = true)]
[Collection(nameof(FlexThreads))]
public class FlexThreads
{
    public static IEnumerable<TheoryDataRow<int, int>> Cases =>
        from queries in new[] { 1, 2, 199 }
        from keys in new[] { 37, 401, 4099 }
        select new TheoryDataRow<int, int>(queries, keys);

    /// <summary>What a decoder's step shares out is a long cache.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheirNumberDoesNotMatterInADecodersStep(int queries)
    {
        using var scope = NewDisposeScope();
        using var noGraph = no_grad();
        var sizes = new FlexSizes(2, 1, 2, queries, 40_011, 16, 23);
        var (query, key, value) = sizes.Inputs(new Data(62));
        Tensor Attend() => FlexAttention.Attend(query, key, value, new CausalModification());
        var expected = WithThreads(1, Attend);
        foreach (var threads in new[] { 2, 3, 5 }) Close.Exact.Check(WithThreads(threads, Attend), expected, $"context with {threads} threads");
    }

    /// <summary>Bit for bit: outputs, gradients of inputs and of parameters, and what dropout drops.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void TheirNumberDoesNotMatter(int queries, int keys)
    {
        using var scope = NewDisposeScope();
        var sizes = new FlexSizes(2, 1, 2, queries, keys, 16, 23);
        var expected = WithThreads(1, () => Run(sizes));
        foreach (var threads in new[] { 2, 3, 5 })
        {
            var actual = WithThreads(threads, () => Run(sizes));
            for (var n = 0; n < expected.Length; n++) Close.Exact.Check(actual[n], expected[n], $"{n} with {threads} threads");
        }
    }

    /// <summary>Several callers at once share the threads; each gets its own result.</summary>
    [Fact]
    public void CallersAtOnceDoNotDisturbEachOther() => WithThreads(2, () =>
    {
        var sizes = new FlexSizes(2, 1, 2, 199, 401, 16, 23);
        using var scope = NewDisposeScope();
        var expected = Run(sizes).Select(Grid.Of).ToArray();
        var failures = new List<Exception>();
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            try
            {
                using var own = NewDisposeScope();
                for (var round = 0; round < 3; round++)
                {
                    var actual = Run(sizes);
                    for (var n = 0; n < expected.Length; n++) Close.Exact.Check(actual[n], expected[n], $"{n}");
                }
            }
            catch (Exception exception)
            {
                lock (failures) failures.Add(exception);
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        Assert.Empty(failures);
        return true;
    });

    /// <summary>What a modification throws on any thread reaches the caller, and the next call works.</summary>
    [Fact]
    public void AnErrorReachesTheCaller() => WithThreads(2, () =>
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = new FlexSizes(2, 2, 1, 199, 401, 16, 23).Inputs(new Data(61));
        for (var round = 0; round < 5; round++)
            Assert.Throws<InvalidOperationException>(() => FlexAttention.Attend(query, key, value, new ThrowingModification()));
        Close.Exact.Check(
            FlexAttention.Attend(query, key, value, new NoModification()), FlexAttention.Attend(query, key, value, new NoModification()), "context");
        return true;
    });

    private static Tensor[] Run(FlexSizes sizes)
    {
        var data = new Data(60);
        var (query, key, value) = sizes.Inputs(data);
        var table = data.Normal(ScalarType.Float32, sizes.Heads, 41);
        var leaves = new[] { query, key, value, table }.Select(leaf => leaf.requires_grad_()).ToArray();
        var modification = new Both<RelativeModification, CausalModification>(new RelativeModification(table), new CausalModification());
        var context = FlexAttention.Attend(query, key, value, modification, new FlexOptions { Dropout = 0.2, Seed = 3 });
        (context * data.Normal(ScalarType.Float32, context.shape)).sum().backward();
        var choices = FlexAttention.Choose(query, key, value, modification);
        var dropped = DropoutFunction.Apply(data.Normal(ScalarType.Float32, 70_001), new Dropout(0.2, 3));
        return [context, .. leaves.Select(leaf => leaf.grad!), choices.Context, choices.Choices, dropped];
    }

    private static T WithThreads<T>(int threads, Func<T> action)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        try
        {
            return action();
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private readonly struct ThrowingModification : IScoreModification
    {
        public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
            where TLanes : struct, ILanes<TLanes> =>
            at.Query > 150 ? throw new InvalidOperationException("a modification's own") : scores;
    }
}
