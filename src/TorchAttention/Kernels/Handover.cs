using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// How the gradient of a function of one's own reaches torch. TorchSharp passes it as a bare pointer: once the callback has
/// returned nothing keeps its object, so that a garbage collection might free it before torch has taken it, and afterwards nothing
/// disposes it. So it is kept here, and disposed by a second function, which the backward pass comes to next.
/// </summary>
internal sealed class Handover(Device device)
{
    private Tensor[] kept = [];

    /// <summary>The input to add to the function, without a number in it, that leads the backward pass here afterwards.</summary>
    internal Tensor Follow()
    {
        using var leaf = Nothing().requires_grad_();
        return Release.apply(leaf, this);
    }

    /// <summary>
    /// Keeps gradients till they are taken; a pass that needs those of some inputs alone leaves them to the scope it runs in.
    /// </summary>
    /// <returns>The gradient of <see cref="Follow"/>.</returns>
    internal Tensor Keep(params IEnumerable<Tensor> gradients)
    {
        Empty();
        kept = [.. gradients, Nothing()];
        foreach (var gradient in kept) gradient.MoveToOuterDisposeScope();
        return kept[^1];
    }

    private Tensor Nothing() => empty(0, dtype: ScalarType.Float32, device: device);

    private void Empty()
    {
        foreach (var gradient in kept) gradient.Dispose();
        kept = [];
    }

    private sealed class Release : autograd.SingleTensorFunction<Release>
    {
        public override string Name => nameof(Release);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.set_materialize_grads(false);
            ctx.save_data(nameof(Handover), vars[1]);
            return ((Tensor)vars[0]).alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            grad_output.Dispose();
            ((Handover)ctx.get_data(nameof(Handover))).Empty();
            return [null!, null!];
        }
    }
}
