using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>
/// Forward: a task is a block of queries of one head. Its scores with a tile of keys are a product, the softmax turns them into
/// weights where they stand, and the weights times the values are added to the block's context. No more than a tile of scores
/// exists at a time.
/// </summary>
internal sealed unsafe class ForwardPass<TLanes, TModification>(
    FlexCall call, TModification modification, PackedKeys<TLanes> packed, Strided context, float* scratch) : Work
    where TLanes : struct, ILanes<TLanes>
    where TModification : struct, IScoreModification
{
    private readonly int blockSize = Tiling.BlockSize<TModification>(call.Queries);
    private readonly int width = Tiling.RoundUp(call.ValueSize, TLanes.Count);
    private readonly TModification modification = modification;

    internal override int Tasks => call.Batch * call.Heads * Blocks;

    private int Blocks => Tiling.Blocks(call.Queries, blockSize);

    /// <summary>The numbers of scratch memory that each worker needs.</summary>
    internal static int ScratchSize(FlexCall call)
    {
        var rows = Tiling.Even(call.Queries);
        var width = Tiling.RoundUp(call.ValueSize, TLanes.Count);
        return Tiling.RoundUp(rows * (call.Depth + width + Tiling.Keys + 2) + Tiling.Keys * width, 16);
    }

    internal override void Do(int task, int worker)
    {
        var (item, block) = Math.DivRem(task, Blocks);
        var (batch, head) = Math.DivRem(item, call.Heads);
        var memory = scratch + (nint)worker * ScratchSize(call);
        var first = (Blocks - 1 - block) * blockSize; // under a causal mask the longest comes first
        var rows = new RowBlock(memory, blockSize, call.Depth, width, batch, head, first, Math.Min(blockSize, call.Queries - first));
        Attend(rows, isCareful: false);
        // A value of NaN or infinity that no query here may attend to has come in with a weight of zero: once more, with care.
        if (!IsFinite(rows)) Attend(rows, isCareful: true);
        Finish(rows);
    }

    private void Attend(in RowBlock rows, bool isCareful)
    {
        var padded = Tiling.RoundUp(rows.Count, Product<TLanes>.Rows);
        call.Query.Load(rows.Batch, rows.Head, rows.First, rows.Count, padded, call.Scale, rows.Query, call.Depth);
        new Span<float>(rows.Context, padded * width).Clear();
        var (power, sum) = call.Start(rows.Head);
        new Span<float>(rows.Power, padded).Fill(power);
        new Span<float>(rows.Sum, padded).Fill(sum);

        for (var key = 0; key < call.Keys;)
        {
            var (first, keys) = (key, Math.Min(Tiling.Keys, call.Keys - key));
            var range = KeyRange.Of<TLanes, TModification>(
                call, modification, rows.Batch, rows.Head, rows.First, rows.Count, first, keys);
            key += keys;
            if (range.Kind == TileKind.Empty)
                key = EmptyTiles<TModification>.NextKey(
                    call, modification, rows.Batch, rows.Head, rows.First, rows.Count, key, Product<TLanes>.Width);
            if (call.Weights is not null && (range.Kind == TileKind.Empty || range.Count < keys)) ClearWeights(rows, first, key - first);
            if (range.Kind != TileKind.Empty) AddTile(rows, range, isCareful);
        }
    }

    private void AddTile(in RowBlock rows, in KeyRange range, bool isCareful)
    {
        var (key, keys) = (range.First, range.Count);
        var columns = Tiling.RoundUp(keys, TLanes.Count);
        var left = new Left((nint)rows.Query, call.Depth, 1);
        var keyHead = call.KeyHead(rows.Head);
        Product<TLanes>.Multiply(
            left, packed.Keys(rows.Batch, keyHead, key), rows.Scores, Tiling.Keys, rows.Count, columns, call.Depth, add: false);
        Normalize(rows, range, columns);
        var weights = new Left((nint)rows.Scores, Tiling.Keys, 1);
        var values = packed.Values(rows.Batch, keyHead, key);
        if (isCareful) values = Reached(rows, keys, values);
        Product<TLanes>.Multiply(weights, values, rows.Context, width, rows.Count, width, keys, add: true);
    }

    /// <summary>Scores to exponentials, with the sums and contexts of their rows brought to the new power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize(in RowBlock rows, in KeyRange range, int columns)
    {
        var at = call.Position(rows.Batch, rows.Head);
        at.FirstKey = range.First;
        var changes = range.PlainEnd - range.Plain < columns;
        for (var i = 0; i < rows.Count; i++)
        {
            at.Query = rows.First + i;
            var scores = rows.Scores + i * Tiling.Keys;
            var largest = changes
                ? OnlineSoftmax<TLanes, TModification>.Modify(scores, columns, range, modification, ref at)
                : OnlineSoftmax<TLanes, TModification>.Largest(scores, columns);
            if (call.Weights is not null) KeepScores(rows, i, range.First, range.Count, scores);
            var power = OnlineSoftmax<TLanes, TModification>.Power(largest);
            if (power > rows.Power[i]) Raise(rows, i, power);
        }
        for (var i = 0; i < rows.Count; i++)
        {
            var scores = rows.Scores + i * Tiling.Keys;
            rows.Sum[i] += OnlineSoftmax<TLanes, TModification>.Exponentials(scores, columns, Finite(rows.Power[i]));
            if (call.Dropout.IsOn)
                OnlineSoftmax<TLanes, TModification>.Drop(
                    scores, columns, call.Dropout, call.Dropout.Row(rows.Batch, rows.Head, rows.First + i), range.First);
        }
    }

    /// <summary>What a row has summed, relative to a new power of two.</summary>
    private void Raise(in RowBlock rows, int i, float power)
    {
        var before = rows.Power[i];
        rows.Power[i] = power;
        if (float.IsNegativeInfinity(before)) return; // nothing yet
        var shrink = MathF.ScaleB(1, (int)(before - power));
        rows.Sum[i] *= shrink;
        OnlineSoftmax<TLanes, TModification>.Times(rows.Context + i * width, width, shrink);
    }

    /// <summary>The values of a tile, zeros for those that no query of the block gives a weight.</summary>
    private Right Reached(in RowBlock rows, int keys, Right values)
    {
        for (var j = 0; j < keys; j++)
        {
            var isReached = false;
            for (var i = 0; i < rows.Count; i++) isReached |= rows.Scores[i * Tiling.Keys + j] != 0;
            var target = new Span<float>(rows.Reached + j * width, width);
            if (isReached) new ReadOnlySpan<float>((float*)values.First + j * values.Step, width).CopyTo(target);
            else target.Clear();
        }
        return Right.RowMajor<TLanes>(rows.Reached, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsFinite(in RowBlock rows)
    {
        var sum = TLanes.Of(0);
        for (var n = 0; n < rows.Count * width; n += TLanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.Load(rows.Context + n), TLanes.Of(0), sum);
        return TLanes.Sum(sum) == 0;
    }

    private void Finish(in RowBlock rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            call.FinishRow(
                rows.Batch, rows.Head, rows.First + i, rows.Power[i], rows.Sum[i], rows.Context + i * width, context);
            if (call.Weights is not null) FinishWeights(rows, i, isEmpty: rows.Sum[i] == 0);
        }
    }

    /// <summary>A row of the weights that are asked for; nothing for another row.</summary>
    private Span<float> WeightsOf(in RowBlock rows, int i)
    {
        var row = call.RowOf(call.Weights, rows.Batch, rows.Head, rows.First + i);
        return row is null ? default : new(row, call.Keys);
    }

    private void KeepScores(in RowBlock rows, int i, int key, int keys, float* scores)
    {
        var weights = WeightsOf(rows, i);
        if (!weights.IsEmpty) new ReadOnlySpan<float>(scores, keys).CopyTo(weights[key..]);
    }

    private void ClearWeights(in RowBlock rows, int key, int keys)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var weights = WeightsOf(rows, i);
            if (!weights.IsEmpty) weights.Slice(key, keys).Fill(float.NegativeInfinity);
        }
    }

    /// <summary>The kept scores to weights, while the block is still in the cache.</summary>
    private void FinishWeights(in RowBlock rows, int i, bool isEmpty)
    {
        var weights = WeightsOf(rows, i);
        if (isEmpty) weights.Clear();
        else Weigh(weights, Finite(rows.Power[i]), 1 / rows.Sum[i]);
    }

    /// <summary>What exponents are relative to; minus infinity, where nothing has come yet, would make NaN of itself.</summary>
    private static float Finite(float power) => float.IsNegativeInfinity(power) ? 0 : power;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(Span<float> scores, float power, float factor)
    {
        for (var j = 0; j < scores.Length; j += TLanes.Count)
        {
            var weights = OnlineSoftmax<TLanes, TModification>.Exponential(TLanes.Load(scores[j..]), power) * TLanes.Of(factor);
            TLanes.Store(weights, scores[j..]);
        }
    }
}
