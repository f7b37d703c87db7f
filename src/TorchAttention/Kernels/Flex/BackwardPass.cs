using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>
/// Backward by recomputation: a task is a share of the keys of one head. For each tile of it the weights come back from the
/// log-sum-exp, and five products give what the tile adds to the gradients of keys, values and queries.
/// </summary>
internal sealed unsafe class BackwardPass<TLanes, TModification>(BackwardCall call, TModification modification, float* scratch) : Work
    where TLanes : struct, ILanes<TLanes>
    where TModification : struct, IScoreModification
{
    private readonly FlexCall forward = call.Forward;
    private readonly TModification modification = modification;
    private readonly int blockSize = Tiling.BlockSize<TModification>(call.Forward.Queries);

    internal override int Tasks => BackwardCall.TasksOf(forward);

    internal static int ScratchSize(FlexCall call) => GradientTile<TLanes>.Size(call);

    internal override void Do(int task, int worker)
    {
        var (item, chunk) = Math.DivRem(task, call.Chunks);
        var (batch, keyHead) = Math.DivRem(item, forward.KeyHeads);
        var tile = new GradientTile<TLanes>(scratch + (nint)worker * ScratchSize(forward), forward);
        var sums = call.GradParameters is null
            ? default
            : new Span<double>(call.GradParameters + (nint)task * forward.ParameterCount, forward.ParameterCount);
        // Chunks take turns, so that each gets its part of a triangle.
        for (var key = chunk * Tiling.Keys; key < forward.Keys; key += call.Chunks * Tiling.Keys)
        {
            var keys = Math.Min(Tiling.Keys, forward.Keys - key);
            LoadKeys(tile, batch, keyHead, key, keys);
            var group = forward.Heads / forward.KeyHeads;
            for (var head = keyHead * group; head < (keyHead + 1) * group; head++)
                AddQueries(tile, batch, head, key, keys, chunk, sums);
            StoreKeys(tile, batch, keyHead, key, keys);
        }
    }

    private void LoadKeys(in GradientTile<TLanes> tile, int batch, int keyHead, int key, int keys)
    {
        var padded = Tiling.RoundUp(keys, Product<TLanes>.Rows);
        forward.Key.Load(batch, keyHead, key, keys, padded, 1, tile.Keys, tile.KeyWidth);
        forward.Key.Pack(batch, keyHead, key, keys, 1, tile.PackedKeys, Product<TLanes>.Width);
        forward.Value.Pack(batch, keyHead, key, keys, 1, tile.PackedValues, Product<TLanes>.Width);
        new Span<float>(tile.GradKeys, padded * tile.KeyWidth).Clear();
        new Span<float>(tile.GradValues, padded * tile.ValueWidth).Clear();
    }

    private void StoreKeys(in GradientTile<TLanes> tile, int batch, int keyHead, int key, int keys)
    {
        for (var j = 0; j < keys; j++)
        {
            call.GradKey.StoreRow(batch, keyHead, key + j, tile.GradKeys + j * tile.KeyWidth, 1);
            call.GradValue.StoreRow(batch, keyHead, key + j, tile.GradValues + j * tile.ValueWidth, 1);
        }
    }

    private void AddQueries(in GradientTile<TLanes> tile, int batch, int head, int key, int keys, int chunk, Span<double> sums)
    {
        for (int query = 0, next; query < forward.Queries; query = next)
        {
            var queries = Math.Min(blockSize, forward.Queries - query);
            next = query + queries;
            var range = KeyRange.Of<TLanes, TModification>(forward, modification, batch, head, query, queries, key, keys);
            if (range.Kind == TileKind.Empty)
            {
                next = EmptyTiles<TModification>.NextQuery(forward, modification, batch, head, key, keys, next, blockSize);
                continue;
            }

            var part = tile.From(range.First - key, forward);
            var padded = Tiling.RoundUp(queries, Product<TLanes>.Rows);
            forward.Query.Load(batch, head, query, queries, padded, forward.Scale, tile.Queries, tile.KeyWidth);
            call.GradContext.Load(batch, head, query, queries, padded, 1, tile.GradContext, tile.ValueWidth);
            Recompute(part, queries, range.Count);
            Differentiate(part, batch, head, query, queries, range, sums);
            AddProducts(part, queries, range.Count);
            AddGradQuery(part, batch, head, query, queries, range.Count, chunk);
        }
    }

    /// <summary>Scores and the gradients of weights: query · keyᵀ and the context's gradient · valueᵀ.</summary>
    private void Recompute(in GradientTile<TLanes> tile, int queries, int keys)
    {
        var columns = Tiling.RoundUp(keys, TLanes.Count);
        Product<TLanes>.Multiply(
            new Left((nint)tile.Queries, tile.KeyWidth, 1), Right.Packed<TLanes>(tile.PackedKeys, forward.Depth),
            tile.Weights, Tiling.Keys, queries, columns, forward.Depth, add: false);
        Product<TLanes>.Multiply(
            new Left((nint)tile.GradContext, tile.ValueWidth, 1), Right.Packed<TLanes>(tile.PackedValues, forward.ValueSize),
            tile.GradScores, Tiling.Keys, queries, columns, forward.ValueSize, add: false);
    }

    private void Differentiate(
        in GradientTile<TLanes> tile, int batch, int head, int query, int queries, KeyRange range, Span<double> sums)
    {
        var columns = Tiling.RoundUp(range.Count, TLanes.Count);
        var padding = Math.Max(0, Tiling.RoundUp(range.Count, Product<TLanes>.Rows) - columns);
        var at = forward.Position(batch, head);
        for (var i = 0; i < queries; i++)
        {
            (at.Query, at.FirstKey) = (query + i, range.First);
            var weights = tile.Weights + i * Tiling.Keys;
            var gradScores = tile.GradScores + i * Tiling.Keys;
            DifferentiateRow(weights, gradScores, tile.Row, range, columns, ref at, sums);
            new Span<float>(weights + columns, padding).Clear();
            new Span<float>(gradScores + columns, padding).Clear();
        }
    }

    /// <summary>Scores to weights (those that are left, after dropout), gradients of weights to gradients of scores.</summary>
    private void DifferentiateRow(
        float* weights, float* gradScores, float* kept, KeyRange range, int columns, ref ScorePosition at, Span<double> sums)
    {
        var row = forward.Row(at.Batch, at.Head, at.Query);
        var isModified = range.Kind == TileKind.Modified;
        var learns = isModified && (Traits<TModification>.HasDerivative || !sums.IsEmpty);
        if (learns) Copy(weights, kept, columns);
        if (isModified || range.Count < columns)
            OnlineSoftmax<TLanes, TModification>.Modify(weights, columns, range, modification, ref at);
        if (learns) Copy(weights, kept + Tiling.Keys, columns);

        var random = forward.Dropout.Row(at.Batch, at.Head, at.Query);
        if (forward.Dropout.IsOn) OnlineSoftmax<TLanes, TModification>.Drop(gradScores, columns, forward.Dropout, random, range.First);
        AddGradWeights(gradScores, forward.RowOf(call.GradWeights, at.Batch, at.Head, at.Query), range);
        Weigh(weights, gradScores, columns, row);
        if (forward.Dropout.IsOn) OnlineSoftmax<TLanes, TModification>.Drop(weights, columns, forward.Dropout, random, range.First);
        if (learns) Unmodify(gradScores, kept, columns, ref at, sums);
    }

    /// <summary>Modified scores to weights, gradients of weights to those of modified scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(float* weights, float* gradients, int columns, nint row)
    {
        var (power, share, delta) = (forward.Power[row], TLanes.Of(forward.Share[row]), TLanes.Of(call.Delta[row]));
        for (var j = 0; j < columns; j += TLanes.Count)
        {
            var weight = OnlineSoftmax<TLanes, TModification>.Exponential(TLanes.Load(weights + j), power) * share;
            var gradient = weight * (TLanes.Load(gradients + j) - delta);
            // Where nothing is weighed, NaN in the value does not matter.
            gradient = TLanes.Where(TLanes.Equal(weight, TLanes.Of(0)), TLanes.Of(0), gradient);
            TLanes.Store(weight, weights + j);
            TLanes.Store(gradient, gradients + j);
        }
    }

    /// <summary>Gradients of modified scores to those of scores, and to what they add to those of the modification's parameters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Unmodify(float* gradients, float* kept, int columns, ref ScorePosition at, Span<double> sums)
    {
        var first = at.FirstKey;
        for (var j = 0; j < columns; j += TLanes.Count)
        {
            at.FirstKey = first + j;
            var (score, gradient) = (TLanes.Load(kept + j), TLanes.Load(gradients + j));
            var keys = TLanes.Indices + TLanes.Of(at.FirstKey);
            if (Traits<TModification>.HasGradient && !sums.IsEmpty) modification.AddGradient(gradient, score, keys, at, sums);
            if (!Traits<TModification>.HasDerivative) continue;
            var derivative = modification.Derivative(score, TLanes.Load(kept + Tiling.Keys + j), keys, at);
            // Where the pair is masked the derivative may be anything.
            TLanes.Store(TLanes.Where(TLanes.Equal(gradient, TLanes.Of(0)), gradient, gradient * derivative), gradients + j);
        }
        at.FirstKey = first;
    }

    private static void AddGradWeights(float* gradients, float* given, KeyRange range)
    {
        if (given is null) return;
        for (var j = 0; j < range.Count; j++) gradients[j] += given[range.First + j];
    }

    private static void Copy(float* source, float* target, int count) =>
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));

    private static void AddProducts(in GradientTile<TLanes> tile, int queries, int keys)
    {
        Product<TLanes>.Multiply(
            new Left((nint)tile.Weights, 1, Tiling.Keys), Right.RowMajor<TLanes>(tile.GradContext, tile.ValueWidth),
            tile.GradValues, tile.ValueWidth, keys, tile.ValueWidth, queries, add: true);
        Product<TLanes>.Multiply(
            new Left((nint)tile.GradScores, 1, Tiling.Keys), Right.RowMajor<TLanes>(tile.Queries, tile.KeyWidth),
            tile.GradKeys, tile.KeyWidth, keys, tile.KeyWidth, queries, add: true);
    }

    private void AddGradQuery(in GradientTile<TLanes> tile, int batch, int head, int query, int queries, int keys, int chunk)
    {
        MultiplyKeys(tile, tile.Keys, queries, keys);
        if (!tile.IsFinite(queries))
        {
            // As in forward: a key of NaN or infinity, which nobody here attends to, times zero.
            CopyReached(tile, queries, keys);
            MultiplyKeys(tile, tile.ReachedKeys, queries, keys);
        }
        var rows = (nint)forward.Batch * forward.Heads * forward.Queries;
        var target = call.GradQuery + (chunk * rows + forward.Row(batch, head, query)) * forward.Depth;
        for (var i = 0; i < queries; i++) Add(tile.GradQueries + i * tile.KeyWidth, target + i * forward.Depth, forward.Depth, forward.Scale);
    }

    private static void MultiplyKeys(in GradientTile<TLanes> tile, float* keyRows, int queries, int keys) =>
        Product<TLanes>.Multiply(
            new Left((nint)tile.GradScores, Tiling.Keys, 1), Right.RowMajor<TLanes>(keyRows, tile.KeyWidth),
            tile.GradQueries, tile.KeyWidth, queries, tile.KeyWidth, keys, add: false);

    private static void CopyReached(in GradientTile<TLanes> tile, int queries, int keys)
    {
        for (var j = 0; j < keys; j++)
        {
            var isReached = false;
            for (var i = 0; i < queries; i++) isReached |= tile.GradScores[i * Tiling.Keys + j] != 0;
            var target = new Span<float>(tile.ReachedKeys + j * tile.KeyWidth, tile.KeyWidth);
            if (isReached) new ReadOnlySpan<float>(tile.Keys + j * tile.KeyWidth, tile.KeyWidth).CopyTo(target);
            else target.Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* source, float* target, int count, float factor)
    {
        var j = 0;
        for (; j <= count - TLanes.Count; j += TLanes.Count)
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(source + j), TLanes.Of(factor), TLanes.Load(target + j)), target + j);
        for (; j < count; j++) target[j] += source[j] * factor;
    }
}
