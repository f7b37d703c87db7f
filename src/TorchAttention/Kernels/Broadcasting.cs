using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The backward of broadcasting.</summary>
internal static class Broadcasting
{
    /// <summary>What broadcasting repeated, summed up again.</summary>
    /// <param name="gradient">Of the shape that the leaf was broadcast to.</param>
    /// <param name="leaf">Whose shape is wanted.</param>
    internal static Tensor SumTo(this Tensor gradient, Tensor leaf)
    {
        while (gradient.dim() > leaf.dim()) gradient = gradient.sum(dim: 0);
        for (var axis = 0; axis < leaf.dim(); axis++)
            if (leaf.size(axis) == 1 && gradient.size(axis) != 1) gradient = gradient.sum(dim: axis, keepdim: true);
        return gradient;
    }
}
