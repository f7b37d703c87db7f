using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A call in blocks as a node of the graph, which saves its inputs alone. There are derivatives of any order.</summary>
internal sealed class ChunkedFunction : autograd.MultiTensorFunction<ChunkedFunction>
{
    private const string Call = nameof(Call);

    public override string Name => nameof(ChunkedFunction);

    internal static AttentionOutput Attend(ChunkedCall call)
    {
        using var scope = NewDisposeScope();
        var handover = new Handover(call.Inputs.Query.device);
        var outputs = apply([.. call.Inputs.Tensors!, .. call.Parameters, handover.Follow(), handover, call]);
        return new AttentionOutput(outputs[0], outputs.ElementAtOrDefault(1)).MoveToOuterDisposeScope();
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (handover, call) = (vars[^2], (ChunkedCall)vars[^1]);
        var output = call.Forward();
        ctx.set_materialize_grads(false);
        ctx.save_data(nameof(Handover), handover);
        ctx.save_data(Call, call);
        SafeBackward.Remember(ctx, vars);
        ctx.save_for_backward([.. call.Inputs.Tensors!, .. call.Parameters]);
        return call.Inputs.NeedWeights ? [output.Context, output.Weights] : [output.Context];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using var scope = NewDisposeScope();
        var call = (ChunkedCall)ctx.get_data(Call);
        var handover = (Handover)ctx.get_data(nameof(Handover));
        var gradients = SafeBackward.Run(ctx, () =>
        {
            var given = grad_outputs.ConvertAll(gradient => gradient is { IsInvalid: false } ? gradient : null);
            var saved = ctx.get_saved_variables();
            return [.. new ChunkedGradients(call, saved[..^call.Parameters.Length]).Of(given[0], given.ElementAtOrDefault(1)), null, null, null];
        });
        gradients[^3] = handover.Keep(gradients.OfType<Tensor>());
        return gradients!;
    }
}
