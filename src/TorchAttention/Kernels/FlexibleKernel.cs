namespace TorchAttention;

/// <summary>Soft attention on the CPU, with dropout, with weights, under any mask, with a sink. There is no second derivative.</summary>
internal sealed class FlexibleKernel : ModifiedKernel
{
    internal static bool Takes(KernelCall call) =>
        TakesScores(call) && call.Normalizer is { IsHooked: false } normalizer
        && (normalizer is Softmax || (normalizer as AttentionSink)?.Logits(call.Four.Heads) is not null);

    private protected override AttentionOutput Attend<TModification>(KernelCall call, TModification modification)
    {
        var four = call.Four;
        var (query, key, value) = (four.To(call.Product!.Value.Query), four.To(call.Inputs.Key), four.To(call.Inputs.Value));
        var options = new FlexOptions
        {
            Scale = call.Product.Value.Scale,
            Dropout = call.Dropout,
            Sink = (call.Normalizer as AttentionSink)?.Logits(four.Heads),
        };
        if (!call.Inputs.NeedWeights)
            return new AttentionOutput(four.Back(FlexAttention.Attend(query, key, value, modification, options)), null);
        var (context, weights, _) = FlexAttention.AttendInFull(query, key, value, modification, options);
        return new AttentionOutput(four.Back(context), four.Back(weights));
    }
}
