using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Makes a second backward fail instead of being silently wrong. An exception of this library's own cannot be thrown there: it would
/// have to cross libtorch's frames. libtorch's fused attention throws one of its own, so its gradient, at zero, is added.
/// </summary>
internal static class NoSecondDerivative
{
    private static readonly Lock OneAtATime = new();

    /// <summary>The gradients, the same numbers, tied to all inputs by an operation without a second derivative.</summary>
    internal static List<Tensor?> Of(List<Tensor?> gradients, IEnumerable<Tensor?> inputs)
    {
        using var scope = NewDisposeScope();
        var tie = Tie([.. inputs.OfType<Tensor>().Where(input => input.requires_grad && input.numel() > 0)]);
        if (tie is null) return gradients;
        return gradients.ConvertAll(
            gradient => gradient is null ? null : Numbers.Sum(gradient, tie.to(gradient.dtype)).MoveToOuterDisposeScope());
    }

    private static Tensor? Tie(Tensor[] inputs)
    {
        if (inputs.Length == 0) return null;
        var nowhere = zeros(1, 1, 1, 1, dtype: ScalarType.Bool, device: CPU);
        var zero = zeros(1, 1, 1, 1, dtype: ScalarType.Float32, device: CPU);
        var sum = zero;
        foreach (var input in inputs)
        {
            var one = input.flatten().narrow(0, 0, 1).to(ScalarType.Float32).reshape(1, 1, 1, 1);
            sum = Numbers.Sum(sum, where(nowhere, one, zero)); // not a product: zero times NaN is NaN
        }

        lock (OneAtATime) return AttendedGradient(sum, zero);
    }

    /// <summary>It sets what is the whole process's, and takes it back.</summary>
    private static Tensor AttendedGradient(Tensor sum, Tensor zero)
    {
        var isOn = backends.cuda.flash_sdp_enabled();
        backends.cuda.enable_flash_sdp(true);
        try
        {
            var attended = nn.functional.scaled_dot_product_attention(sum, sum, zero);
            return autograd.grad([attended.sum()], [sum], create_graph: true)[0].sum();
        }
        finally
        {
            backends.cuda.enable_flash_sdp(isOn);
        }
    }
}
