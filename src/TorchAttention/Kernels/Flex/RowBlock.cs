namespace TorchAttention;

/// <summary>A block of queries of one head, and the memory in which its context comes to be.</summary>
internal readonly unsafe ref struct RowBlock(
    float* memory, int size, int depth, int width, int batch, int head, int first, int count)
{
    internal int Batch => batch;

    internal int Head => head;

    internal int First => first;

    internal int Count => count;

    /// <summary>Rows of d, times the scale.</summary>
    internal float* Query => memory + size * (width + Tiling.Keys);

    /// <summary>Rows of e, rounded up: the sum of weights times values so far.</summary>
    internal float* Context => memory;

    /// <summary>Rows of a tile's keys: scores, then weights.</summary>
    internal float* Scores => memory + size * width;

    /// <summary>The power of two that each row's exponentials are relative to so far.</summary>
    internal float* Power => Query + size * depth;

    /// <summary>The sum of each row's exponentials so far.</summary>
    internal float* Sum => Power + size;

    /// <summary>A tile's values, rows of e.</summary>
    internal float* Reached => Sum + size;
}
