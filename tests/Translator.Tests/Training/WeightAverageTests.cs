using Translator.Training;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Training;

public class WeightAverageTests
{
    [Fact]
    public void FloatsAreMeansAndTheRestIsOfTheLast()
    {
        using var scope = NewDisposeScope();
        var average = WeightAverage.Of([State([1, 2], 5), State([2, 4], 6), State([6, 0], 7)]);

        Assert.Equal([3f, 2], average["weight"].data<float>().ToArray());
        Assert.Equal(7, average["count"].item<long>());
        Assert.Equal(2, average.Count);
    }

    [Fact]
    public void AStateAloneIsItsOwnMean()
    {
        using var scope = NewDisposeScope();
        var state = State([0.1f, 3e-30f], 5);
        var average = WeightAverage.Of([state]);
        Assert.Equal(state["weight"].data<float>().ToArray(), average["weight"].data<float>().ToArray());
        Assert.NotEqual(state["weight"].Handle, average["weight"].Handle);
    }

    [Fact]
    public void StatesOfDifferentModelsAreRefused()
    {
        using var scope = NewDisposeScope();
        var state = State([1, 2], 5);
        Refused([state, State([1, 2, 3], 5)], "weight");
        Refused([state, new Dictionary<string, Tensor>(state) { ["more"] = ones(1) }], "more");
        Refused([state, new Dictionary<string, Tensor>(state) { ["count"] = ones(1) }], "count");
        Refused([], "no state");

        static void Refused(IReadOnlyDictionary<string, Tensor>[] states, string named) =>
            Assert.Contains(named, Assert.Throws<ArgumentException>(() => WeightAverage.Of(states)).Message);
    }

    private static Dictionary<string, Tensor> State(float[] weight, long count) => new()
    {
        ["weight"] = tensor(weight, device: CPU),
        ["count"] = tensor(count, device: CPU),
    };
}
