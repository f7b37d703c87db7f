using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>Tensors of one row per hypothesis, as arrays.</summary>
internal static class Rows
{
    /// <summary>The rows of a matrix (b, n).</summary>
    public static float[][] Of(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        var width = (int)matrix.size(-1);
        var flat = matrix.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return [.. Enumerable.Range(0, (int)matrix.size(0)).Select(row => flat[(row * width)..((row + 1) * width)])];
    }

    /// <summary>The state of the chosen rows; nothing is done where they are all rows in their order.</summary>
    public static TState Select<TState>(SearchModel<TState> model, TState state, IReadOnlyList<long> chosen, int count)
        where TState : IDisposable
    {
        if (chosen.Count == count && chosen.Select((row, at) => row == at).All(isSame => isSame))
            return state;
        using var rows = tensor(chosen.ToArray(), device: model.Device);
        return model.Select(state, rows);
    }
}
