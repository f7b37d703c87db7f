using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The kernel as a node of the graph: it saves two numbers per row, and backward recomputes the weights.</summary>
internal sealed class FlexFunction<TModification> : autograd.MultiTensorFunction<FlexFunction<TModification>>
    where TModification : struct, IScoreModification
{
    private const string Settings = nameof(Settings);
    private const string Gradients = nameof(Gradients);

    public override string Name => nameof(FlexAttention);

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var inputs = FlexInputs<TModification>.Of(vars);
        var result = inputs.Forward(isRecorded: true);
        ctx.set_materialize_grads(false);
        ctx.save_data(Settings, inputs.Settings);
        SafeBackward.Remember(ctx, vars);
        ctx.save_for_backward(
            [inputs.Query, inputs.Key, inputs.Value, inputs.Sink!, inputs.Flags!, .. inputs.Parameters, .. result.Tensors!]);
        return result.Weights is null ? [result.Context] : [result.Context, result.LogSumExp!, result.Weights];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var gradients = SafeBackward.Run(ctx, () =>
        {
            var saved = ctx.get_saved_variables();
            var inputs = FlexInputs<TModification>.Of([.. saved[..^4], ctx.get_data(Settings)]);
            return Differentiate(inputs, new FlexResult(saved[^4], saved[^3], saved[^2], saved[^1]), grad_outputs);
        });
        // Their handles are read after this returns; till then something must hold them.
        ctx.save_data(Gradients, gradients);
        return gradients!;
    }

    private static List<Tensor?> Differentiate(FlexInputs<TModification> inputs, FlexResult result, List<Tensor> outputs)
    {
        var given = outputs.Select(Given).ToList();
        var gradients = new FlexGradients<TModification>(inputs, result).Of(
            given[0], given.ElementAtOrDefault(1), given.ElementAtOrDefault(2));
        return is_grad_enabled() ? NoSecondDerivative.Of(gradients, [.. inputs.Tensors, .. given]) : gradients;
    }

    private static Tensor? Given(Tensor gradient) => gradient is null || gradient.IsInvalid ? null : gradient;
}
