using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What no other kernel does, in blocks of queries: any score and normalizer of this library, dropout, weights, biases with
/// gradients, on any device. Beside inputs and results only a block is in memory, and of a band only what lies in it.
/// </summary>
/// <remarks>The backward pass computes each block again: a third more work, on numbers that are still in the cache.</remarks>
/// <param name="blockSize">
/// The bytes of a matrix of a block: larger ones are faster, since each adds to the gradients of all its keys, but the allocator gives
/// blocks of 32 MB back to the system.
/// </param>
internal sealed class ChunkedKernel(long blockSize = ChunkedKernel.BlockSize) : Kernel
{
    private const long BlockSize = 8 << 20;

    /// <summary>The bytes of the scores from which on blocks are worth their time: below, whole matrices are small enough.</summary>
    private const long LeastSize = 64 << 20;

    /// <summary>Calls whose rows do not need each other, and can be computed again.</summary>
    internal static bool Takes(KernelCall call) =>
        call.Inputs.Query.numel() > 0 && call.Inputs.Key.numel() > 0 && call.Inputs.Value.numel() > 0
        && !(call.Inputs.Pairs is { } pairs && pairs.Low > pairs.High)
        && Parts(call.Score).Concat(Parts(call.Normalizer)).All(IsKnown);

    /// <summary>Whether there are enough pairs.</summary>
    internal static bool Pays(KernelCall call) =>
        call.Inputs.Query.size(-2) > QueryBlocks.LeastQueries && new QueryBlocks(call).Size > LeastSize && Takes(call);

    internal override AttentionOutput Attend(KernelCall call)
    {
        using var scope = NewDisposeScope();
        var seed = call.Dropout > 0 ? RandomSource.Seed() : 0;
        var chunked = new ChunkedCall(call.Score, call.Normalizer, call.Inputs, [.. new QueryBlocks(call).Of(blockSize)], call.Dropout, seed);
        return (chunked.NeedsGraph ? ChunkedFunction.Attend(chunked) : chunked.Forward()).MoveToOuterDisposeScope();
    }

    private static IEnumerable<nn.Module> Parts(nn.Module module) => module.modules().Prepend(module);

    /// <summary>Another's part may compare rows, draw numbers or hold tensors with a graph, and whoever hooks into weights awaits them whole.</summary>
    private static bool IsKnown(nn.Module part) =>
        (part.GetType().Assembly == typeof(ChunkedKernel).Assembly || part.GetType().Assembly == typeof(nn.Module).Assembly)
        && part is not (Gumbel { training: true } or Reinforce { training: true } or Normalizer { IsHooked: true });
}
