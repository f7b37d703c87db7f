using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>What is masked cannot hurt: the one place that clears keys and values no query may attend to.</summary>
internal static class Reachable
{
    /// <summary>
    /// Puts zeros where no query may attend. A weight of zero would not do: zero times NaN is NaN, in the context and in the
    /// gradients of the query and of the projections.
    /// </summary>
    /// <param name="key">(…, s, d).</param>
    /// <param name="value">(…, s, e).</param>
    /// <param name="reachable">Bool (…, s): the keys that some query may attend to; null for all.</param>
    internal static (Tensor Key, Tensor Value) Keep(Tensor key, Tensor value, Tensor? reachable)
    {
        if (reachable is null) return (key, value);

        var unreachable = reachable.logical_not().unsqueeze(-1); // (…, s, 1)
        return (key.Fill(unreachable, 0), value.Fill(unreachable, 0));
    }
}
