using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>
/// Forward for a few queries, as a decoder's step: nothing is packed, since every key is read once. A task is a share of the keys of
/// one head, for all queries and all query heads that share it.
/// </summary>
internal sealed unsafe class DecodePass<TLanes, TModification>(
    FlexCall call, TModification modification, Strided context, float* partial, float* scratch) : Work
    where TLanes : struct, ILanes<TLanes>
    where TModification : struct, IScoreModification
{
    private const int MostRows = 8;
    private const int LeastShare = 1024;

    private readonly TModification modification = modification;
    private readonly int rows = RowsOf(call);
    private readonly int keyWidth = Tiling.RoundUp(call.Depth, TLanes.Count);
    private readonly int valueWidth = Tiling.RoundUp(call.ValueSize, TLanes.Count);
    private readonly int share = Tiling.RoundUp(Tiling.Blocks(call.Keys, ChunksOf(call)), Tiling.Keys);

    internal override int Tasks => call.Batch * call.KeyHeads * ChunksOf(call);

    /// <summary>Whether so few rows come to a head of the key that packing it does not pay. Its sums have an order of their own.</summary>
    internal static bool Suits(FlexCall call) =>
        call is { IsRecorded: false, KeyHeads: > 0 } && call.Weights is null && RowsOf(call) <= MostRows;

    /// <summary>Few heads are cut into shares of their keys; by sizes alone, so that sums have one order on any number of threads.</summary>
    internal static int ChunksOf(FlexCall call) =>
        Math.Clamp(Tiling.Blocks(16, Math.Max(1, call.Batch * call.KeyHeads)), 1, Math.Max(1, call.Keys / LeastShare));

    /// <summary>The numbers of memory for what the tasks come to: context, largest score and sum of each row.</summary>
    internal static long PartialSize(FlexCall call) =>
        (long)call.Batch * call.KeyHeads * ChunksOf(call) * RowsOf(call) * (Tiling.RoundUp(call.ValueSize, TLanes.Count) + 2);

    internal static int ScratchSize(FlexCall call)
    {
        var (key, value) = (Tiling.RoundUp(call.Depth, TLanes.Count), Tiling.RoundUp(call.ValueSize, TLanes.Count));
        return Tiling.RoundUp(RowsOf(call) * key + Tiling.Keys * (1 + key + value), 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Do(int task, int worker)
    {
        var (item, chunk) = Math.DivRem(task, ChunksOf(call));
        var (batch, keyHead) = Math.DivRem(item, call.KeyHeads);
        var query = scratch + (nint)worker * ScratchSize(call);
        for (var r = 0; r < rows; r++)
        {
            var (head, i) = Place(keyHead, r);
            call.Query.Load(batch, head, i, 1, 1, call.Scale, query + r * keyWidth, keyWidth);
            // The first share begins with the sink.
            var row = Row(task, r);
            new Span<float>(row, valueWidth).Clear();
            (row[valueWidth], row[valueWidth + 1]) = chunk == 0 ? call.Start(head) : (float.NegativeInfinity, 0);
        }
        var end = Math.Min(call.Keys, (chunk + 1) * share);
        for (var key = chunk * share; key < end; key += Tiling.Keys)
            AddTile(task, batch, keyHead, key, Math.Min(Tiling.Keys, end - key), query);
    }

    /// <summary>Joins the shares of a head's rows, in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Finish()
    {
        var chunks = ChunksOf(call);
        for (var item = 0; item < call.Batch * call.KeyHeads; item++)
        {
            var (batch, keyHead) = Math.DivRem(item, call.KeyHeads);
            for (var r = 0; r < rows; r++)
            {
                var total = Row(item * chunks, r);
                for (var chunk = 1; chunk < chunks; chunk++) Join(total, Row(item * chunks + chunk, r));
                Store(batch, keyHead, r, total);
            }
        }
    }

    private (int Head, int Query) Place(int keyHead, int row)
    {
        var (head, query) = Math.DivRem(row, call.Queries);
        return (keyHead * (call.Heads / call.KeyHeads) + head, query);
    }

    private static int RowsOf(FlexCall call) => call.Heads / call.KeyHeads * call.Queries;

    private float* Row(int task, int row) => partial + ((nint)task * rows + row) * (valueWidth + 2);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddTile(int task, int batch, int keyHead, int key, int keys, float* query)
    {
        var scores = query + rows * keyWidth;
        var memory = scores + Tiling.Keys;
        var (keyRows, keyStride) = Rows(call.Key, batch, keyHead, key, keys, memory, keyWidth);
        var (valueRows, valueStride) = Rows(call.Value, batch, keyHead, key, keys, memory + Tiling.Keys * keyWidth, valueWidth);
        for (var r = 0; r < rows; r++)
        {
            var (head, i) = Place(keyHead, r);
            var kind = modification.Classify(call.Tile(batch, head, i, 1, key, keys));
            if (kind == TileKind.Empty) continue;
            Compare(query + r * keyWidth, keyRows, keyStride, keys, scores);
            var at = call.Position(batch, head);
            (at.Query, at.FirstKey) = (i, key);
            Normalize(scores, KeyRange.Whole<TLanes>(key, keys, kind), ref at, Row(task, r));
            AddValues(scores, valueRows, valueStride, keys, Row(task, r));
        }
    }

    /// <summary>A tile's rows, where they lie if whole vectors may be read there.</summary>
    private static (nint First, nint Stride) Rows(Strided source, int batch, int head, int key, int keys, float* memory, int width)
    {
        if (source.IsDirect(TLanes.Count)) return ((nint)source.Direct(batch, head, key), source.DirectStride);
        source.Load(batch, head, key, keys, keys, 1, memory, width);
        return ((nint)memory, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compare(float* query, nint keyRows, nint stride, int keys, float* scores)
    {
        var key = (float*)keyRows;
        for (var j = 0; j < keys; j++, key += stride)
        {
            var sum = TLanes.Load(query) * TLanes.Load(key);
            for (var n = TLanes.Count; n < keyWidth; n += TLanes.Count)
                sum = TLanes.MultiplyAdd(TLanes.Load(query + n), TLanes.Load(key + n), sum);
            scores[j] = TLanes.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize(float* scores, in KeyRange range, ref ScorePosition at, float* row)
    {
        var columns = Tiling.RoundUp(range.Count, TLanes.Count);
        var largest = OnlineSoftmax<TLanes, TModification>.Modify(scores, columns, range, modification, ref at);
        var power = OnlineSoftmax<TLanes, TModification>.Power(largest);
        ref var before = ref row[valueWidth];
        ref var sum = ref row[valueWidth + 1];
        if (power > before)
        {
            var shrink = MathF.Pow(2, before - power);
            before = power;
            sum *= shrink;
            OnlineSoftmax<TLanes, TModification>.Times(row, valueWidth, shrink);
        }
        sum += OnlineSoftmax<TLanes, TModification>.Exponentials(scores, columns, float.IsNegativeInfinity(before) ? 0 : before);
        if (call.Dropout.IsOn)
            OnlineSoftmax<TLanes, TModification>.Drop(
                scores, columns, call.Dropout, call.Dropout.Row(at.Batch, at.Head, at.Query), at.FirstKey);
    }

    /// <summary>The weighted sum of values, without those that have no weight: they may be NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddValues(float* weights, nint valueRows, nint stride, int keys, float* row)
    {
        var n = 0;
        for (; n <= valueWidth - 4 * TLanes.Count; n += 4 * TLanes.Count)
        {
            var value = (float*)valueRows + n;
            var (a, b, c, d) = (TLanes.Load(row + n), TLanes.Load(row + n + TLanes.Count), TLanes.Load(row + n + 2 * TLanes.Count), TLanes.Load(row + n + 3 * TLanes.Count));
            for (var j = 0; j < keys; j++, value += stride)
            {
                if (weights[j] == 0) continue;
                var weight = TLanes.Of(weights[j]);
                a = TLanes.MultiplyAdd(weight, TLanes.Load(value), a);
                b = TLanes.MultiplyAdd(weight, TLanes.Load(value + TLanes.Count), b);
                c = TLanes.MultiplyAdd(weight, TLanes.Load(value + 2 * TLanes.Count), c);
                d = TLanes.MultiplyAdd(weight, TLanes.Load(value + 3 * TLanes.Count), d);
            }
            TLanes.Store(a, row + n);
            TLanes.Store(b, row + n + TLanes.Count);
            TLanes.Store(c, row + n + 2 * TLanes.Count);
            TLanes.Store(d, row + n + 3 * TLanes.Count);
        }
        for (; n < valueWidth; n += TLanes.Count)
        {
            var value = (float*)valueRows + n;
            var sum = TLanes.Load(row + n);
            for (var j = 0; j < keys; j++, value += stride)
                if (weights[j] != 0) sum = TLanes.MultiplyAdd(TLanes.Of(weights[j]), TLanes.Load(value), sum);
            TLanes.Store(sum, row + n);
        }
    }

    private void Join(float* total, float* other)
    {
        var power = MathF.Max(total[valueWidth], other[valueWidth]);
        if (float.IsNegativeInfinity(power)) power = 0;
        var (keep, add) = (MathF.Pow(2, total[valueWidth] - power), MathF.Pow(2, other[valueWidth] - power));
        for (var n = 0; n < valueWidth; n++) total[n] = total[n] * keep + other[n] * add;
        total[valueWidth + 1] = total[valueWidth + 1] * keep + other[valueWidth + 1] * add;
        total[valueWidth] = MathF.Max(total[valueWidth], other[valueWidth]);
    }

    private void Store(int batch, int keyHead, int r, float* total)
    {
        var (head, query) = Place(keyHead, r);
        call.FinishRow(batch, head, query, total[valueWidth], total[valueWidth + 1], total, context);
    }
}
