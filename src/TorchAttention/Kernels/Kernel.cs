namespace TorchAttention;

/// <summary>A way to compute attention. All give the same results up to rounding; they differ in time and memory.</summary>
internal abstract class Kernel
{
    /// <summary>The (l, s) matrices written out: takes everything.</summary>
    internal static readonly Kernel Dense = new DenseKernel();

    /// <summary>The same for blocks of queries, one after the other, and once more for the gradients.</summary>
    internal static readonly Kernel Chunked = new ChunkedKernel();

    /// <summary>libtorch's fused kernel.</summary>
    internal static readonly Kernel Fused = new FusedKernel();

    /// <summary>Blocks of queries with the keys near them.</summary>
    internal static readonly Kernel Blocked = new BlockedKernel();

    /// <summary>This library's own, on the CPU.</summary>
    internal static readonly Kernel Flexible = new FlexibleKernel();

    /// <summary>This library's own for hard attention, on the CPU; elsewhere the chunked one holds no more than a block of scores.</summary>
    internal static readonly Kernel Choosing = new ChoosingKernel();

    /// <summary>The one place where a kernel is chosen. Whoever hooks into a normalizer awaits scores and weights: those are the dense one's.</summary>
    /// <param name="call">What is asked for.</param>
    /// <returns>The fastest kernel that can do it.</returns>
    internal static Kernel Select(KernelCall call)
    {
        if (FlexibleKernel.Takes(call)) return Flexible;
        if (ChoosingKernel.Takes(call)) return Choosing;
        if (!FusedKernel.Takes(call)) return ChunkedKernel.Pays(call) ? Chunked : Dense;
        return BlockedKernel.Pays(call) ? Blocked : Fused;
    }

    /// <summary>Computes.</summary>
    /// <param name="call">What is asked for.</param>
    /// <returns>The context, and the weights if they were asked for.</returns>
    internal abstract AttentionOutput Attend(KernelCall call);
}
