using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The backward pass of a function of one's own, of which no exception may get out: it would cross libtorch's frames and end the
/// process. Also libtorch's own come that way, of a saved tensor that has been changed in place or is there no more.
/// </summary>
internal static class SafeBackward
{
    private const string AreTensors = nameof(AreTensors);

    private static Exception? failure;

    /// <summary>What was last thrown in one; null as long as nothing was.</summary>
    internal static Exception? Failure => Volatile.Read(ref failure);

    /// <summary>Notes in forward which of the arguments are tensors.</summary>
    internal static void Remember(autograd.AutogradContext context, object?[] arguments) =>
        context.save_data(AreTensors, Array.ConvertAll(arguments, argument => argument is Tensor));

    /// <summary>
    /// The gradients of all arguments. Where they cannot be computed, ones of a shape and a device that no input has: libtorch refuses
    /// them with an exception of its own, which reaches the caller.
    /// </summary>
    internal static List<Tensor?> Run(autograd.AutogradContext context, Func<List<Tensor?>> gradients)
    {
        try
        {
            return gradients();
        }
#pragma warning disable CA1031 // whatever it is, it must not get out
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Volatile.Write(ref failure, exception);
            var areTensors = (bool[])context.get_data(AreTensors);
            return [.. areTensors.Select(isTensor => isTensor ? empty(2, dtype: ScalarType.Float32, device: META) : null)];
        }
    }
}
