namespace TorchAttention;

/// <summary>Soft attention on the CPU, with dropout, with weights, under any mask. There is no second derivative.</summary>
internal sealed class FlexibleKernel : ModifiedKernel
{
    internal static bool Takes(KernelCall call) => call.Normalizer is Softmax && TakesScores(call);

    private protected override AttentionOutput Attend<TModification>(KernelCall call, FourDimensions four, TModification modification)
    {
        var (query, key, value) = Expand(call, four);
        var options = new FlexOptions { Scale = call.Product!.Value.Scale, Dropout = call.Dropout };
        if (!call.Inputs.NeedWeights)
            return new AttentionOutput(four.Back(FlexAttention.Attend(query, key, value, modification, options)), null);
        var (context, weights, _) = FlexAttention.AttendInFull(query, key, value, modification, options);
        return new AttentionOutput(four.Back(context), four.Back(weights));
    }
}
