using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Where the head of monotonic attention stops in eval mode: at the first key from where it stands with energy ≥ 0.</summary>
internal static class GreedyAlignment
{
    /// <param name="energies">(…, l, s).</param>
    /// <param name="start">The alignment of the query before the first, (…, 1, s): all zero once the head has passed the end.</param>
    /// <returns>
    /// One-hot rows (…, l, s), and rows of zeros from the first query on for which the head finds no key: it has passed the end.
    /// </returns>
    internal static Tensor Of(Tensor energies, Tensor start)
    {
        using var noGradient = no_grad();
        var leading = Guard.Broadcast(AttentionShape.Leading(energies), AttentionShape.Leading(start))!;
        var (l, s) = (energies.size(-2), energies.size(-1));
        if (energies.numel() == 0) return zeros([.. leading, l, s], dtype: energies.dtype, device: energies.device);

        var keys = Numbers.Range(0, s, ScalarType.Int64, energies.device);
        // For each key the first one from there on to stop at; s, past the end, where there is none. Its own next is s again.
        var stops = keys.expand([.. leading, l, s]).Fill(energies.AtLeast(0).logical_not(), s);
        var next = nn.functional.pad(stops.flip(-1).cummin(-1).values.flip(-1), [0, 1], value: s); // (…, l, s + 1)

        var heads = new Tensor[l];
        var head = start.argmax(-1).Fill(start.Is(0).all(-1), s).expand([.. leading, 1]);
        for (var i = 0; i < l; i++) heads[i] = head = next.select(-2, i).gather(-1, head);
        return keys.eq(stack(heads, -2)).to(energies.dtype);
    }
}
