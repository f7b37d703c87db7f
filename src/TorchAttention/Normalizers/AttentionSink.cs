using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Lets a query attend to nothing: a learned logit per head joins each row of scores as one more key, and its weight is dropped
/// afterwards, as if its value were zero.
/// </summary>
/// <remarks>
/// <para>
/// With softmax: weight_j = exp(score_j) / (exp(sink) + Σ exp(score)). The weights of a query sum to less than one. The logits
/// start at zero, as in Miller's "softmax off by one"; a query without keys still gets zeros. Any normalizer may be inside.
/// </para>
/// <para>
/// scores (…, h, l, s); with one head also (l, s) and (b, l, s). Sources: Miller (2023); Xiao et al. (2024), who keep the first
/// tokens as sinks; learned per head: gpt-oss (OpenAI, 2025).
/// </para>
/// </remarks>
public sealed class AttentionSink : Normalizer
{
    private readonly Parameter sinks;
    private readonly Normalizer inner;

    /// <summary>Creates the normalizer.</summary>
    /// <param name="heads">h, the number of heads; 1 for a logit that all share.</param>
    /// <param name="inner">What distributes over the keys and the sink; null for <see cref="Softmax"/>. Becomes a submodule.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of heads is not positive.</exception>
    public AttentionSink(long heads, Normalizer? inner = null)
        : base(nameof(AttentionSink))
    {
        sinks = new Parameter(zeros(Guard.Size(heads, nameof(heads)), device: CPU));
        // The parameter must outlive a dispose scope that the module is made in.
        sinks.DetachFromDisposeScope();
        this.inner = inner ?? new Softmax();
        RegisterComponents();
    }

    /// <summary>The logits (h) of a softmax over so many heads; null where something else is inside, or they are not as many.</summary>
    internal Tensor? Logits(long heads) => inner is Softmax { IsHooked: false } && (sinks.size(0) == 1 || sinks.size(0) == heads)
        ? sinks.to(ScalarType.Float32).expand(heads)
        : null;

    /// <inheritdoc/>
    protected override Tensor Normalize(Tensor scores)
    {
        var sink = Heads.Over(scores, sinks).expand([.. scores.shape[..^1], 1]); // (…, h, l, 1)
        return inner.call(cat([scores, sink], -1), null).narrow(-1, 0, scores.size(-1));
    }
}
