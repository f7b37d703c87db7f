using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>
/// Hard attention: for every query the key with the largest score, the first of equal ones, and its value. A task is a block of
/// queries of one head; scores come a tile at a time, as in <see cref="ForwardPass{TLanes, TModification}"/>.
/// </summary>
internal sealed unsafe class HardPass<TLanes, TModification>(
    FlexCall call, TModification modification, PackedKeys<TLanes> packed, Strided context, long* choices, float* scratch) : Work
    where TLanes : struct, ILanes<TLanes>
    where TModification : struct, IScoreModification
{
    private readonly int blockSize = Tiling.BlockSize<TModification>(call.Queries);
    private readonly TModification modification = modification;

    internal override int Tasks => call.Batch * call.Heads * Blocks;

    private int Blocks => Tiling.Blocks(call.Queries, blockSize);

    internal static int ScratchSize(FlexCall call) =>
        Tiling.RoundUp(Tiling.Even(call.Queries) * (call.Depth + Tiling.Keys + 1) + call.ValueSize, 16);

    internal override void Do(int task, int worker)
    {
        var (item, block) = Math.DivRem(task, Blocks);
        var (batch, head) = Math.DivRem(item, call.Heads);
        var query = scratch + (nint)worker * ScratchSize(call);
        var scores = query + blockSize * call.Depth;
        var largest = scores + blockSize * Tiling.Keys;
        var first = block * blockSize;
        var rows = Math.Min(blockSize, call.Queries - first);
        call.Query.Load(batch, head, first, rows, Tiling.RoundUp(rows, Product<TLanes>.Rows), call.Scale, query, call.Depth);
        new Span<float>(largest, rows).Fill(float.NegativeInfinity);
        new Span<long>(choices + call.Row(batch, head, first), rows).Fill(-1);

        for (var key = 0; key < call.Keys;)
        {
            var keys = Math.Min(Tiling.Keys, call.Keys - key);
            var range = KeyRange.Of<TLanes, TModification>(call, modification, batch, head, first, rows, key, keys);
            key += keys;
            if (range.Kind == TileKind.Empty)
            {
                key = EmptyTiles<TModification>.NextKey(call, modification, batch, head, first, rows, key, Product<TLanes>.Width);
                continue;
            }
            Product<TLanes>.Multiply(
                new Left((nint)query, call.Depth, 1), packed.Keys(batch, call.KeyHead(head), range.First),
                scores, Tiling.Keys, rows, Tiling.RoundUp(range.Count, TLanes.Count), call.Depth, add: false);
            Choose(batch, head, first, rows, range, scores, largest);
        }
        Gather(batch, head, first, rows, largest + blockSize);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Choose(int batch, int head, int first, int rows, KeyRange range, float* scores, float* largest)
    {
        var at = call.Position(batch, head);
        at.FirstKey = range.First;
        var columns = Tiling.RoundUp(range.Count, TLanes.Count);
        for (var i = 0; i < rows; i++, scores += Tiling.Keys)
        {
            at.Query = first + i;
            var most = range.Kind == TileKind.Modified || range.Count < columns
                ? OnlineSoftmax<TLanes, TModification>.Modify(scores, columns, range, modification, ref at)
                : OnlineSoftmax<TLanes, TModification>.Largest(scores, columns);
            if (!(most > largest[i])) continue; // of equal scores the first stays
            largest[i] = most;
            choices[call.Row(batch, head, at.Query)] = range.First + new ReadOnlySpan<float>(scores, range.Count).IndexOf(most);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(int batch, int head, int first, int rows, float* value)
    {
        for (var i = 0; i < rows; i++)
        {
            var choice = choices[call.Row(batch, head, first + i)];
            if (choice < 0) new Span<float>(value, call.ValueSize).Clear();
            else call.Value.Load(batch, call.KeyHead(head), (int)choice, 1, 1, 1, value, call.ValueSize);
            context.StoreRow(batch, head, first + i, value, 1);
        }
    }
}
