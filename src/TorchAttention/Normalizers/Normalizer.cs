using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Turns the scores (…, l, s) of queries into weights (…, l, s): for each, a distribution over the keys it may attend to.</summary>
/// <remarks>
/// <para>
/// What is common to all is here: an entry that is not allowed, or whose score is minus infinity, counts as absent and gets
/// weight zero exactly; a row without any entry is zero, with zero gradients; for half-precision scores the distribution is
/// computed in float32.
/// </para>
/// <para>A normalizer of your own derives from this class and implements <see cref="Normalize"/>.</para>
/// </remarks>
public abstract class Normalizer : nn.Module<Tensor, Tensor?, Tensor>
{
    /// <summary>Creates a normalizer.</summary>
    /// <param name="name">The module's name.</param>
    protected Normalizer(string name)
        : base(name)
    {
    }

    /// <summary>Whether somebody looks at what goes in or comes out.</summary>
    internal bool IsHooked => module_pre_hooks.Count + pre_hooks.Count + post_hooks.Count + module_post_hooks.Count > 0;

    /// <summary>Normalizes the last dimension.</summary>
    /// <param name="scores">(…, l, s).</param>
    /// <param name="allowed">Bool, broadcastable to the scores, true where a pair may meet; null for everywhere.</param>
    /// <returns>The weights (…, l, s).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit.</exception>
    public sealed override Tensor forward(Tensor scores, Tensor? allowed)
    {
        Guard.Scores(scores, allowed);
        using var scope = NewDisposeScope();
        // Nothing to distribute over an empty row of keys; argmax and the like would refuse it.
        var weights = scores.size(-1) == 0 ? scores.alias() : Distribute(Present.Precise(scores), allowed).to(scores.dtype);
        return weights.MoveToOuterDisposeScope();
    }

    /// <summary>The weights of scores in float32 or float64, s at least 1; for whoever sees to absent entries in a pass of its own.</summary>
    private protected virtual Tensor Distribute(Tensor scores, Tensor? allowed)
    {
        var present = Present.Of(scores, allowed);
        return present.Clear(Normalize(present.Scores));
    }

    /// <summary>The distribution of each row.</summary>
    /// <param name="scores">
    /// (…, l, s) in float32 or float64, s at least 1; minus infinity where an entry is absent, and at least one entry of every
    /// row is present.
    /// </param>
    /// <returns>The weights (…, l, s), zero where an entry is absent.</returns>
    protected abstract Tensor Normalize(Tensor scores);
}
