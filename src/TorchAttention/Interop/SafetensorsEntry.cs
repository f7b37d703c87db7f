namespace TorchAttention;

/// <summary>One tensor of a safetensors file: what its header says of it. Offsets count from the start of the data.</summary>
internal sealed record SafetensorsEntry(string Name, string DType, long[] Shape, long Begin, long End)
{
    /// <summary>The size in bytes of the numbers of a shape, or null where it exceeds 64 bits.</summary>
    internal static long? Bytes(IReadOnlyList<long> shape, int size)
    {
        // Zeros count as ones first: torch multiplies the other sizes too, for the strides of a tensor without elements.
        Int128 bytes = size;
        foreach (var length in shape)
        {
            bytes *= Math.Max(length, 1);
            if (bytes > long.MaxValue) return null;
        }
        return shape.Contains(0) ? 0 : (long)bytes;
    }
}
