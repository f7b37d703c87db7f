using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Entmax of the last dimension with a backward pass from the weights alone; on the CPU each pass reads every row once. Twice
/// differentiable.
/// </summary>
internal sealed class EntmaxFunction : autograd.SingleTensorFunction<EntmaxFunction>
{
    private const string Alpha = "alpha";

    public override string Name => nameof(EntmaxFunction);

    /// <summary>The weights for one α.</summary>
    /// <param name="scores">(…, l, s); an entry of minus infinity is absent, and a row of nothing gets zeros.</param>
    /// <param name="alpha">α, greater than 1; on the CPU also 1, which is softmax.</param>
    /// <param name="allowed">Which entries are not absent; null for all.</param>
    internal static Tensor Apply(Tensor scores, double alpha, Tensor? allowed = null) => Apply(scores, alpha, null, allowed);

    /// <summary>The weights for an α that broadcasts to the scores; gradients flow to it.</summary>
    internal static Tensor Apply(Tensor scores, Tensor alpha, Tensor? allowed = null) => Apply(scores, double.NaN, alpha, allowed);

    private static Tensor Apply(Tensor scores, double number, Tensor? alpha, Tensor? allowed)
    {
        if (!is_grad_enabled() || !(scores.requires_grad || alpha is { requires_grad: true }))
            return Weights(scores, number, alpha, allowed);

        // The scope keeps what forward returns till torch has taken it.
        using var scope = NewDisposeScope();
        var handover = new Handover(scores.device);
        return apply(scores, alpha!, allowed!, handover.Follow(), handover, number).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (scores, alpha, allowed, handover, number) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2], vars[4], (double)vars[5]);
        var weights = Weights(scores, number, alpha, allowed);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([weights, alpha!]);
        ctx.save_data(nameof(Handover), handover);
        ctx.save_data(Alpha, number);
        SafeBackward.Remember(ctx, vars);
        return weights;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var upstream = grad_output;
        if (upstream.IsInvalid) return [null!, null!, null!, null!, null!, null!];

        using var scope = NewDisposeScope();
        var gradients = SafeBackward.Run(ctx, () =>
        {
            var saved = ctx.get_saved_variables();
            var (scores, alpha) = Gradients(saved[0], upstream, (double)ctx.get_data(Alpha), saved[1]);
            return [scores, alpha, null, null, null, null];
        });
        gradients[3] = ((Handover)ctx.get_data(nameof(Handover))).Keep(gradients.OfType<Tensor>());
        return gradients!;
    }

    /// <summary>A gradient is zero where a weight is, so that the mask has no part in the graph.</summary>
    private static Tensor Weights(Tensor scores, double number, Tensor? alpha, Tensor? allowed)
    {
        if (scores.device_type == DeviceType.CPU) return EntmaxRows.Weights(scores, number, alpha, allowed);
        using var scope = NewDisposeScope();
        if (allowed is not null) scores = scores.detach().Fill(allowed.logical_not(), double.NegativeInfinity);
        return EntmaxTensors.Weights(scores, alpha ?? Number(number, scores)).MoveToOuterDisposeScope();
    }

    private static (Tensor Scores, Tensor? Alpha) Gradients(Tensor weights, Tensor upstream, double number, Tensor? alpha)
    {
        // The rows know no derivative of their own, which a gradient with a graph must have.
        var rows = alpha is null && weights.device_type == DeviceType.CPU && !is_grad_enabled();
        return rows
            ? (EntmaxRows.Gradient(weights, upstream, number), null)
            : EntmaxTensors.Gradients(weights, upstream, alpha ?? Number(number, weights));
    }

    private static Tensor Number(double alpha, Tensor like) => tensor(alpha, dtype: like.dtype, device: like.device);
}
