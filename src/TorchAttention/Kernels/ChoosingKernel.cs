using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Hard attention in eval mode on the CPU: the best key is kept while tiles of scores go by, and its value is taken.</summary>
internal sealed class ChoosingKernel : ModifiedKernel
{
    internal static bool Takes(KernelCall call) =>
        call is { Normalizer: HardEstimator { training: false, IsHooked: false }, Dropout: 0, Inputs.NeedWeights: false }
        && TakesScores(call);

    private protected override AttentionOutput Attend<TModification>(KernelCall call, TModification modification)
    {
        var four = call.Four;
        var (query, key, value) = (four.Expand(call.Product!.Value.Query), four.Expand(call.Inputs.Key), four.Expand(call.Inputs.Value));
        var (context, choices) = FlexAttention.Choose(query.detach(), key.detach(), value.detach(), modification, call.Product.Value.Scale);
        if (is_grad_enabled() && call.Inputs.Value.requires_grad) context = Taken(value, choices.unsqueeze(-1));
        return new AttentionOutput(four.Back(context), null);
    }

    /// <summary>The values of the choices (b, h, l, 1), zero where there is none: what the gradient flows back to.</summary>
    private static Tensor Taken(Tensor value, Tensor choices) =>
        value.gather(-2, choices.NotBelow(0).expand(-1, -1, -1, value.size(-1))).Fill(choices.Is(-1), 0);
}
