using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The kernel as a node of the graph: it saves the log-sum-exp, and backward recomputes the weights.</summary>
internal sealed class FlexFunction<TModification> : autograd.MultiTensorFunction<FlexFunction<TModification>>
    where TModification : struct, IScoreModification
{
    private const string Settings = nameof(Settings);
    private const string Gradients = nameof(Gradients);

    public override string Name => nameof(FlexAttention);

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var inputs = FlexInputs<TModification>.Of(vars);
        var (context, logSumExp, weights) = inputs.Forward();
        ctx.set_materialize_grads(false);
        ctx.save_data(Settings, inputs.Settings);
        ctx.save_for_backward(
            [inputs.Query, inputs.Key, inputs.Value, inputs.Sink!, inputs.Flags!, .. inputs.Parameters, context, logSumExp, weights!]);
        return weights is null ? [context, logSumExp] : [context, logSumExp, weights];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var saved = ctx.get_saved_variables();
        var inputs = FlexInputs<TModification>.Of([.. saved[..^3], ctx.get_data(Settings)]);
        var gradients = new FlexGradients<TModification>(inputs, saved[^3], saved[^2], saved[^1]).Of(
            Given(grad_outputs[0]), Given(grad_outputs[1]), grad_outputs.Count > 2 ? Given(grad_outputs[2]) : null);
        // Their handles are read after this returns; till then something must hold them.
        ctx.save_data(Gradients, gradients);
        return gradients!;
    }

    private static Tensor? Given(Tensor gradient) => gradient is null || gradient.IsInvalid ? null : gradient;
}
