using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>No pass writes outside the memory that it asked for, nor outside the tensors that it fills; odd sizes throughout.</summary>
public unsafe class FlexCanaries
{
    private const float Canary = 12345.5f;
    private const int Fence = 64;

    public static IEnumerable<TheoryDataRow<int, int, int>> Cases =>
        from queries in new[] { 1, 7, 97, 193 }
        from keys in new[] { 1, 5, 193, 385 }
        from size in new[] { 5, 33 }
        select new TheoryDataRow<int, int, int>(queries, keys, size);

    [Theory]
    [MemberData(nameof(Cases))]
    public void NobodyTouchesThem(int queries, int keys, int size)
    {
        switch (Machine.Lanes)
        {
            case 16:
                Run<Lanes512>(queries, keys, size);
                break;
            case 8:
                Run<Lanes256>(queries, keys, size);
                break;
        }
        Run<Lanes128>(queries, keys, size);
        Run<Lanes32>(queries, keys, size);
    }

    private static void Run<TLanes>(int queries, int keys, int size)
        where TLanes : struct, ILanes<TLanes>
    {
        using var scope = NewDisposeScope();
        var fences = new List<(Tensor Whole, string Name)>();
        var sizes = new FlexSizes(1, 1, 2, queries, keys, size, size + 2);
        var data = new Data(80);
        var (query, key, value) = sizes.Inputs(data);
        var (context, statistics) = (Fenced([1, 2, queries, size + 2], "context"), Fenced([2, 1, 2, queries], "statistics"));
        var (weights, logSumExp) = (Fenced([1, 2, queries, keys], "weights"), Fenced([1, 2, queries], "log-sum-exp"));
        var settings = new FlexSettings<CausalModification>(new CausalModification(), 0.3f, default, NeedWeights: true, WeightRows: null);
        var inputs = new FlexInputs<CausalModification>(query, key, value, null, null, [], settings);
        var call = inputs.Call(new FlexResult(context, statistics, logSumExp, weights));

        var packed = new PackedKeys<TLanes>(call, Memory(PackedKeys<TLanes>.Size(call), "packed keys"));
        All(packed);
        All(new ForwardPass<TLanes, CausalModification>(
            call, default, packed, Strided.Of(context), Memory(ForwardPass<TLanes, CausalModification>.ScratchSize(call), "forward")));
        var choices = zeros(2 * queries, dtype: ScalarType.Int64, device: CPU);
        All(new HardPass<TLanes, CausalModification>(
            call, default, packed, Strided.Of(context), (long*)Strided.Pointer(choices), Memory(HardPass<TLanes, CausalModification>.ScratchSize(call), "hard")));
        var decode = new DecodePass<TLanes, CausalModification>(
            call, default, Strided.Of(context), Memory(DecodePass<TLanes, CausalModification>.PartialSize(call), "partial"),
            Memory(DecodePass<TLanes, CausalModification>.ScratchSize(call), "decode"));
        All(decode);
        decode.Finish();
        var backward = new BackwardCall
        {
            Forward = call,
            Context = Strided.Of(context),
            GradContext = Strided.Of(data.Normal(ScalarType.Float32, 1, 2, queries, size + 2)),
            Delta = (float*)Strided.Pointer(Fenced([1, 2, queries], "delta")),
            GradQuery = (float*)Strided.Pointer(Fenced([BackwardCall.ChunksOf(call), 1, 2, queries, size], "query's gradient")),
            GradKey = Strided.Of(Fenced([1, 1, keys, size], "key's gradient")),
            GradValue = Strided.Of(Fenced([1, 1, keys, size + 2], "value's gradient")),
        };
        All(new DeltaPass(backward));
        All(new BackwardPass<TLanes, CausalModification>(
            backward, default, Memory(BackwardPass<TLanes, CausalModification>.ScratchSize(call), "backward")));

        Assert.All(fences, fence =>
        {
            var numbers = fence.Whole.data<float>().ToArray();
            Assert.True(numbers[..Fence].All(number => number == Canary), $"before {fence.Name}, {typeof(TLanes).Name}");
            Assert.True(numbers[^Fence..].All(number => number == Canary), $"after {fence.Name}, {typeof(TLanes).Name}");
        });

        Tensor Fenced(long[] shape, string name)
        {
            var count = shape.Aggregate(1L, (product, length) => product * length);
            var whole = full([count + 2 * Fence], Canary, dtype: ScalarType.Float32, device: CPU);
            fences.Add((whole, name));
            return whole.narrow(0, Fence, count).zero_().view(shape);
        }

        float* Memory(long count, string name) => (float*)Strided.Pointer(Fenced([count], name));
    }

    private static void All(Work work)
    {
        for (var task = 0; task < work.Tasks; task++) work.Do(task, 0);
    }
}
