using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The base of what writes a sequence while it attends to another, the memory: <see cref="DecoderLayer"/> and <see cref="Decoder"/>.
/// </summary>
public abstract class DecoderModule : nn.Module<Tensor, Tensor, Tensor>
{
    private protected DecoderModule(string name)
        : base(name)
    {
    }

    /// <summary>Attends to all of both sequences: no mask, not even a causal one.</summary>
    /// <param name="target">(…, l, embedDim).</param>
    /// <param name="memory">(…, s, embedDim).</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit.</exception>
    public sealed override Tensor forward(Tensor target, Tensor memory) => Checked(target, memory, null, null, null);

    /// <summary>Attends to both sequences under masks.</summary>
    /// <param name="target">(…, l, embedDim).</param>
    /// <param name="memory">(…, s, embedDim).</param>
    /// <param name="mask">Which pairs of the self-attention (…, h, l, l) may meet; null for all. Training wants causal.</param>
    /// <param name="memoryMask">Which pairs of target and memory (…, h, l, s) may meet; null for all.</param>
    /// <param name="bias">What is added to the scores of the self-attention (…, h, l, l); null for nothing.</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit.</exception>
    public Tensor call(
        Tensor target, Tensor memory, AttentionMask? mask, AttentionMask? memoryMask = null, AttentionBias? bias = null)
    {
        // The inherited call cannot carry a mask, so its hook protocol is followed here.
        foreach (var hook in module_pre_hooks.Values) hook(this);
        foreach (var hook in pre_hooks.Values) (target, memory) = hook(this, target, memory) ?? (target, memory);

        var output = Checked(target, memory, mask, memoryMask, bias);

        foreach (var hook in post_hooks.Values) output = hook(this, target, memory, output) ?? output;
        foreach (var hook in module_post_hooks.Values) hook(this);
        return output;
    }

    private protected abstract long EmbedDim { get; }

    private protected abstract Tensor Write(
        Tensor target, Tensor memory, AttentionMask? mask, AttentionMask? memoryMask, AttentionBias? bias);

    private Tensor Checked(Tensor target, Tensor memory, AttentionMask? mask, AttentionMask? memoryMask, AttentionBias? bias)
    {
        Guard.Sequences(this, target, memory, EmbedDim);
        using var scope = NewDisposeScope();
        return Write(target, memory, mask, memoryMask, bias).MoveToOuterDisposeScope();
    }
}
