using TorchSharp;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>The mean of the weights of several states of one model: often better than any of them.</summary>
/// <remarks>After the averaging of Polyak and Juditsky (1992), as Vaswani et al. (2017) use it on their last checkpoints.</remarks>
public static class WeightAverage
{
    /// <summary>The mean of states by name, added up in double precision. What is not a floating-point number is taken from the last.</summary>
    /// <param name="states">In the order of the training; at least one.</param>
    /// <returns>Tensors of their own.</returns>
    /// <exception cref="ArgumentException">The states have not the same names and shapes.</exception>
    public static Dictionary<string, Tensor> Of(IReadOnlyList<IReadOnlyDictionary<string, Tensor>> states)
    {
        if (states.Count == 0) throw new ArgumentException("there is no state to average", nameof(states));
        var last = states[^1];
        foreach (var state in states)
            if (state.Keys.Concat(last.Keys).FirstOrDefault(name => !Fits(state, last, name)) is { } name)
                throw new ArgumentException($"the states are not of one model: {name} differs", nameof(states));
        using var noGradient = no_grad();
        return last.ToDictionary(item => item.Key, item => Mean([.. states.Select(state => state[item.Key])]));
    }

    private static bool Fits(IReadOnlyDictionary<string, Tensor> one, IReadOnlyDictionary<string, Tensor> other, string name) =>
        one.TryGetValue(name, out var left) && other.TryGetValue(name, out var right)
        && left.dtype == right.dtype && left.shape.SequenceEqual(right.shape);

    private static Tensor Mean(Tensor[] tensors)
    {
        using var scope = NewDisposeScope();
        var last = tensors[^1];
        if (!last.is_floating_point()) return last.detach().clone().MoveToOuterDisposeScope();
        var sum = zeros_like(last, dtype: ScalarType.Float64);
        using var count = tensor((double)tensors.Length, dtype: ScalarType.Float64, device: last.device);
        foreach (var tensor in tensors)
        {
            using var exact = tensor.detach().to(ScalarType.Float64);
            sum.add_(exact / count);
        }
        return sum.to(last.dtype).MoveToOuterDisposeScope();
    }
}
