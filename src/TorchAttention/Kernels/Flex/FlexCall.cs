using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// One call of the kernel: where its tensors lie and how large they are. query (b, h, l, d), key (b, g, s, d), value (b, g, s, e),
/// where g divides h: successive heads of the query share a head of the key.
/// </summary>
internal sealed unsafe class FlexCall
{
    /// <summary>The tensors that the pointers below lead into: as long as the call is in use, nobody collects them.</summary>
    internal required Tensor?[] Owners { get; init; }

    internal required int Batch { get; init; }

    internal required int Heads { get; init; }

    internal required int KeyHeads { get; init; }

    /// <summary>l.</summary>
    internal required int Queries { get; init; }

    /// <summary>s.</summary>
    internal required int Keys { get; init; }

    internal required Strided Query { get; init; }

    internal required Strided Key { get; init; }

    internal required Strided Value { get; init; }

    internal required float Scale { get; init; }

    /// <summary>A logit per head that joins every row as a key without a value; null for none.</summary>
    internal float* Sink { get; init; }

    /// <summary>What the modification's parameters hold, and how many they are.</summary>
    internal float* Parameters { get; init; }

    internal int ParameterCount { get; init; }

    /// <summary>What the modification's flags hold, and how many they are.</summary>
    internal byte* Flags { get; init; }

    internal int FlagCount { get; init; }

    internal Dropout Dropout { get; init; }

    /// <summary>(b, h, l, s) in float32, or null.</summary>
    internal float* Weights { get; init; }

    /// <summary>(b, h, l) in float32: the largest score of a row, plus infinity in an empty one, from which every exponential is zero.</summary>
    internal required float* Largest { get; init; }

    /// <summary>(b, h, l) in float32: 1 / Σ exp(score - largest). The two together keep digits that the log-sum-exp would lose.</summary>
    internal required float* Share { get; init; }

    /// <summary>(b, h, l) in float32: log Σ exp(score), minus infinity in an empty row; or null.</summary>
    internal float* LogSumExp { get; init; }

    internal int Depth => Query.Columns;

    internal int ValueSize => Value.Columns;

    internal int KeyHead(int head) => head / (Heads / KeyHeads);

    internal nint Row(int batch, int head, int query) => ((nint)batch * Heads + head) * Queries + query;

    /// <summary>Writes what a row came to: its largest score, the sum of its exponentials, and the sum of values under them.</summary>
    internal void FinishRow(int batch, int head, int query, float largest, float sum, float* values, Strided context)
    {
        var isEmpty = sum == 0;
        var row = Row(batch, head, query);
        Share[row] = isEmpty ? 0 : 1 / sum;
        Largest[row] = isEmpty ? float.PositiveInfinity : largest;
        if (LogSumExp is not null) LogSumExp[row] = largest + MathF.Log(sum);
        context.StoreRow(batch, head, query, values, Share[row]);
    }

    /// <summary>The position of a head's scores; query and key are still to be set.</summary>
    internal ScorePosition Position(int batch, int head) => new()
    {
        Batch = batch,
        Head = head,
        QueryLength = Queries,
        KeyLength = Keys,
        Parameters = new ReadOnlySpan<float>(Parameters, ParameterCount),
        Flags = new ReadOnlySpan<byte>(Flags, FlagCount),
    };

    internal ScoreTile Tile(int batch, int head, int query, int queries, int key, int keys) => new()
    {
        Batch = batch,
        Head = head,
        FirstQuery = query,
        LastQuery = query + queries - 1,
        FirstKey = key,
        LastKey = key + keys - 1,
        QueryLength = Queries,
        KeyLength = Keys,
        Parameters = new ReadOnlySpan<float>(Parameters, ParameterCount),
        Flags = new ReadOnlySpan<byte>(Flags, FlagCount),
    };
}
