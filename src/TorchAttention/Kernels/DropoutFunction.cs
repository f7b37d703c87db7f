using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Dropout that keeps no mask: what is dropped is a function of a seed, drawn from <see cref="RandomSource"/>, and of where a number stands, so
/// that backward finds it again. Derivatives of any order. torch draws a random number after the other, on one thread.
/// </summary>
internal sealed class DropoutFunction : autograd.SingleTensorFunction<DropoutFunction>
{
    private const long LeastPerHelper = 1 << 16;

    public override string Name => nameof(DropoutFunction);

    /// <summary>The input itself outside training; elsewhere than on the CPU, or in another dtype, what torch makes of it.</summary>
    internal static Tensor Apply(Tensor input, double probability, bool isTraining)
    {
        if (!isTraining || probability == 0) return input;
        return input is { device_type: DeviceType.CPU, dtype: ScalarType.Float32 or ScalarType.BFloat16 }
            ? Apply(input, Dropout.Of(probability))
            : nn.functional.dropout(input, probability, training: true);
    }

    /// <summary>What a given seed drops; float32 or bfloat16 on the CPU.</summary>
    internal static Tensor Apply(Tensor input, Dropout dropout)
    {
        if (!is_grad_enabled() || !input.requires_grad) return Run(input, dropout);

        // The scope keeps what forward returns till torch has taken it.
        using var scope = NewDisposeScope();
        var handover = new Handover(input.device);
        return apply(input, dropout, handover.Follow(), handover).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.set_materialize_grads(false);
        ctx.save_data(nameof(Dropout), vars[1]);
        ctx.save_data(nameof(Handover), vars[3]);
        SafeBackward.Remember(ctx, vars);
        return Run((Tensor)vars[0], (Dropout)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var upstream = grad_output;
        if (upstream.IsInvalid) return [null!, null!, null!, null!];

        using var scope = NewDisposeScope();
        var gradients = SafeBackward.Run(ctx, () => [Apply(upstream, (Dropout)ctx.get_data(nameof(Dropout))), null, null, null]);
        gradients[2] = ((Handover)ctx.get_data(nameof(Handover))).Keep(gradients.OfType<Tensor>());
        return gradients!;
    }

    private static Tensor Run(Tensor input, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        var source = input.contiguous();
        var target = empty(input.shape, dtype: input.dtype, device: input.device);
        Work work = Machine.Lanes switch
        {
            16 => new DropoutPass<Lanes512>(dropout, source, target),
            8 => new DropoutPass<Lanes256>(dropout, source, target),
            4 => new DropoutPass<Lanes128>(dropout, source, target),
            _ => new DropoutPass<Lanes32>(dropout, source, target),
        };
        Workers.Run(work, input.numel() < LeastPerHelper ? 1 : get_num_threads());
        GC.KeepAlive(source);
        return target.MoveToOuterDisposeScope();
    }
}
