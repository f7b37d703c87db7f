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

    /// <summary>
    /// Whether backward will compute the scores again. They must come out the same to the last bit: what rounding does to a score cancels
    /// in its weight only if the sum has it too.
    /// </summary>
    internal bool IsRecorded { get; init; }

    /// <summary>(b, h, rows, s) in float32, or null.</summary>
    internal float* Weights { get; init; }

    /// <summary>How many rows of a head <see cref="Weights"/> has.</summary>
    internal int WeightRows { get; init; }

    /// <summary>The place of each query among those rows, -1 where it is not there; null where all are.</summary>
    internal int[]? WeightPlaces { get; init; }

    /// <summary>
    /// (b, h, l) in float32: the power of two that a row's exponentials are relative to, plus infinity in an empty one, from which
    /// every exponential is zero.
    /// </summary>
    internal required float* Power { get; init; }

    /// <summary>(b, h, l) in float32: 2^power / Σ exp(score). The two together keep digits that the log-sum-exp would lose.</summary>
    internal required float* Share { get; init; }

    /// <summary>(b, h, l) in float32: log Σ exp(score), minus infinity in an empty row; or null.</summary>
    internal float* LogSumExp { get; init; }

    internal int Depth => Query.Columns;

    internal int ValueSize => Value.Columns;

    internal int KeyHead(int head) => head / (Heads / KeyHeads);

    internal nint Row(int batch, int head, int query) => ((nint)batch * Heads + head) * Queries + query;

    /// <summary>A row (s) of weights or of their gradient; null where there are none of it.</summary>
    internal float* RowOf(float* weights, int batch, int head, int query)
    {
        var place = WeightPlaces is null ? query : WeightPlaces[query];
        return weights is null || place < 0 ? null : weights + (((nint)batch * Heads + head) * WeightRows + place) * Keys;
    }

    /// <summary>The power of two and the sum that a row begins with: the sink's, or nothing.</summary>
    internal (float Power, float Sum) Start(int head)
    {
        if (Sink is null || float.IsNegativeInfinity(Sink[head])) return (float.NegativeInfinity, 0);
        var power = MathF.Ceiling(Sink[head] * LanesMath.Log2E);
        return (power, (float)Math.Pow(2, Sink[head] * (double)LanesMath.Log2E - power));
    }

    /// <summary>Writes what a row came to: the power of two, the sum of exponentials relative to it, and the sum of values under them.</summary>
    internal void FinishRow(int batch, int head, int query, float power, float sum, float* values, Strided context)
    {
        var isEmpty = sum == 0;
        var row = Row(batch, head, query);
        Share[row] = isEmpty ? 0 : 1 / sum;
        Power[row] = isEmpty ? float.PositiveInfinity : power;
        if (LogSumExp is not null) LogSumExp[row] = (float)(power * Math.Log(2) + Math.Log(sum));
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
