using static TorchSharp.torch;

namespace TorchAttention;

public static unsafe class FlexAttention
{
    public static Tensor Attend<TModification>(Tensor query, Tensor key, Tensor value, TModification modification)
        where TModification : struct, IScoreModification
    {
        var context = empty(query.size(0), query.size(1), query.size(2), value.size(3), dtype: query.dtype, device: CPU);
        using var lse = empty(query.size(0), query.size(1), query.size(2), dtype: ScalarType.Float32, device: CPU);
        var call = new FlexCall
        {
            Batch = (int)query.size(0), Heads = (int)query.size(1), KeyHeads = (int)key.size(1), Queries = (int)query.size(2), Keys = (int)key.size(2),
            Query = Strided.Of(query), Key = Strided.Of(key), Value = Strided.Of(value), Scale = (float)(1 / Math.Sqrt(query.size(3))), LogSumExp = Strided.Pointer(lse),
        };
        FlexKernel<TModification>.Forward(call, modification, context);
        return context;
    }
}
