using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The memory of a tensor of any size, piece by piece: a span holds two gigabytes at most.</summary>
internal static class TensorBytes
{
    internal const long ChunkSize = 16 << 20;

    /// <summary>One piece, and how many bytes lie before it.</summary>
    internal delegate void Visit(Span<byte> piece, long offset);

    /// <summary>Visits all pieces of a contiguous tensor on the CPU, in order; none of a tensor without elements.</summary>
    internal static void ForEach(Tensor tensor, Visit visit)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().reshape(-1);
        var (count, size) = (flat.numel(), flat.element_size());
        var step = ChunkSize / size;
        for (var start = 0L; start < count; start += step)
        {
            using var piece = flat.narrow(0, start, Math.Min(step, count - start));
            visit(piece.bytes, start * size);
        }
    }
}
