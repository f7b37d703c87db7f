using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Where the head of monotonic attention is expected to stop: the exact sum over all its ways.</summary>
/// <remarks>
/// <code>
/// arrival_ij   = (1 - p_i,j-1) · arrival_i,j-1 + alignment_i-1,j      the head comes from the left, or starts here
/// alignment_ij = p_ij · arrival_ij                                    and stops
/// </code>
/// <para>
/// with p = sigmoid(energy), an energy of minus infinity being a key where it never stops. The cells of one anti-diagonal
/// i + j depend on the diagonal before alone, so l + s - 1 steps compute everything: only sums of products of numbers in [0, 1],
/// exact for every p. The closed form of the paper divides by a running product of 1 - p, which underflows. The gradient goes the
/// same way back; written out by hand it takes less than half the time of autograd, which would record every step.
/// </para>
/// </remarks>
internal sealed class ExpectedAlignment : autograd.SingleTensorFunction<ExpectedAlignment>
{
    /// <inheritdoc/>
    public override string Name => nameof(ExpectedAlignment);

    /// <param name="energies">(…, l, s), float32 or float64.</param>
    /// <param name="start">The alignment of the query before the first, (…, 1, s).</param>
    /// <returns>The alignments (…, l, s).</returns>
    internal static Tensor Of(Tensor energies, Tensor start)
    {
        var leading = Guard.Broadcast(AttentionShape.Leading(energies), AttentionShape.Leading(start))!;
        var (l, s) = (energies.size(-2), energies.size(-1));
        energies = energies.expand([.. leading, l, s]);
        start = start.expand([.. leading, 1, s]);
        if (energies.numel() == 0) return energies.sigmoid();
        if (l == 1) return OneQuery(energies, start);

        var rows = energies.reshape(-1, l, s);
        start = start.reshape(-1, s);
        if (!is_grad_enabled() || !(rows.requires_grad || start.requires_grad))
        {
            var (stop, _, arrival) = Cells(rows, start);
            return Straighten(stop * arrival, s).reshape(energies.shape);
        }
        var handover = new Handover(energies.device);
        using var follow = handover.Follow();
        return apply(rows, start, follow, handover).reshape(energies.shape);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext context, params object[] inputs)
    {
        using var scope = NewDisposeScope();
        var (energies, start) = ((Tensor)inputs[0], (Tensor)inputs[1]);
        var (stop, pass, arrival) = Cells(energies, start);
        // What is saved is read once this has returned: the caller's scope takes it.
        foreach (var cells in new[] { stop, pass, arrival }) cells.MoveToOuterDisposeScope();
        context.save_for_backward([energies, start, stop, pass, arrival]);
        context.save_data(nameof(Handover), inputs[3]);
        SafeBackward.Remember(context, inputs);
        return Straighten(stop * arrival, energies.size(-1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
    {
        using var upstream = gradient;
        using var scope = NewDisposeScope();
        var gradients = SafeBackward.Run(context, () =>
        {
            var saved = context.get_saved_variables();
            var (ofEnergies, ofStart) = is_grad_enabled()
                ? Differentiable(saved[0], saved[1], upstream) : Gradients(saved[2], saved[3], saved[4], upstream);
            return [ofEnergies, ofStart, null, null];
        });
        gradients[2] = ((Handover)context.get_data(nameof(Handover))).Keep(gradients.OfType<Tensor>());
        return gradients!;
    }

    /// <summary>The diagonals from the last to the first.</summary>
    private static (Tensor OfEnergies, Tensor OfStart) Gradients(Tensor stop, Tensor pass, Tensor arrival, Tensor upstream)
    {
        var (outer, s) = (Skew(upstream), upstream.size(-1));
        var (diagonals, l) = (stop.size(0), stop.size(1));

        // Of an arrival: from its own stop, from the next query's arrival at this key, and from this query's at the next key.
        var cells = Zeros(stop);
        cells.narrow(0, 0, diagonals).narrow(1, 0, l).copy_(stop * outer);
        Tensor[] here = Rows(cells, 0), below = Rows(cells, 1), stops = stop.unbind(0), passes = pass.unbind(0);
        for (var d = diagonals - 1; d >= 0; d--)
        {
            here[d].AddProduct(stops[d], below[d + 1]);
            here[d].AddProduct(passes[d], here[d + 1]);
        }

        var next = cells.narrow(0, 1, diagonals);
        var stopping = Numbers.Sum(outer, next.narrow(1, 1, l)) - next.narrow(1, 0, l);
        return (Straighten(stop * pass * arrival * stopping, s), cells.select(1, 0).narrow(0, 0, s).t());
    }

    /// <summary>A gradient that has gradients itself, if a graph of it is asked for: row by row, as autograd can follow.</summary>
    private static (Tensor OfEnergies, Tensor? OfStart) Differentiable(Tensor energies, Tensor start, Tensor upstream)
    {
        var rows = new List<Tensor> { start.unsqueeze(-2) };
        for (var i = 0L; i < energies.size(-2); i++) rows.Add(OneQuery(energies.narrow(-2, i, 1), rows[^1]));
        Tensor[] inputs = start.requires_grad ? [energies, start] : [energies];
        var gradients = autograd.grad([cat(rows.Skip(1).ToList(), -2)], inputs, [upstream], retain_graph: true, create_graph: true);
        return (gradients[0], gradients.ElementAtOrDefault(1));
    }

    /// <summary>
    /// A diagonal a step: what arrived at the one before passes on to the right, what stopped there starts the row below.
    /// (b, l, s) and (b, s) → p, 1 - p and arrival, (l + s - 1, l, b) each.
    /// </summary>
    private static (Tensor Stop, Tensor Pass, Tensor Arrival) Cells(Tensor energies, Tensor start)
    {
        Tensor stop = Skew(energies.sigmoid()), pass = Skew((-energies).sigmoid());
        var (diagonals, l) = (stop.size(0), stop.size(1));
        var cells = Zeros(stop);
        cells.select(1, 0).narrow(0, 0, start.size(-1)).copy_(start.t());
        Tensor[] here = Rows(cells, 0), below = Rows(cells, 1), stops = stop.unbind(0), passes = pass.unbind(0);
        for (var d = 0; d < diagonals; d++)
        {
            if (d > 0) here[d].AddProduct(passes[d - 1], here[d - 1]);
            below[d + 1].AddProduct(stops[d], here[d]);
        }
        return (stop, pass, cells.narrow(0, 0, diagonals).narrow(1, 0, l));
    }

    /// <summary>Zeros for every diagonal and one more, every row and one more.</summary>
    private static Tensor Zeros(Tensor skewed) =>
        zeros(skewed.size(0) + 1, skewed.size(1) + 1, skewed.size(2), dtype: skewed.dtype, device: skewed.device);

    /// <summary>For each diagonal a view of its l rows from the given one on: (l, b).</summary>
    private static Tensor[] Rows(Tensor cells, long from) => cells.narrow(1, from, cells.size(1) - 1).unbind(0);

    /// <summary>(b, l, s) → (l + s - 1, l, b): cell (i, j) moves to diagonal i + j, row i; zeros where a diagonal leaves the table.</summary>
    private static Tensor Skew(Tensor table)
    {
        var (b, l, s) = (table.size(0), table.size(1), table.size(2));
        // Rows of s + l numbers, read as rows of one less: each starts one place further right than the last.
        var rows = nn.functional.pad(table.permute(1, 2, 0), [0, 0, 0, l]).reshape(l * (s + l), b);
        return rows.narrow(0, 0, l * (s + l - 1)).reshape(l, s + l - 1, b).transpose(0, 1).contiguous();
    }

    /// <summary>The way back, (l + s - 1, l, b) → (b, l, s).</summary>
    private static Tensor Straighten(Tensor skewed, long s)
    {
        var (diagonals, l, b) = (skewed.size(0), skewed.size(1), skewed.size(2));
        var rows = nn.functional.pad(skewed.transpose(0, 1).reshape(l * diagonals, b), [0, 0, 0, l]);
        return rows.reshape(l, s + l, b).narrow(1, 0, s).permute(2, 0, 1).contiguous();
    }

    /// <summary>
    /// One row needs no diagonals: log₂ s doublings carry every arrival on to all keys at its right, which for a decoder's single
    /// query is 2 to 7 times faster than s steps.
    /// </summary>
    private static Tensor OneQuery(Tensor energies, Tensor start)
    {
        var s = energies.size(-1);
        var (arrival, passed) = (start, Right((-energies).sigmoid(), 1));
        for (var reach = 1L; reach < s; reach *= 2)
        {
            arrival = Numbers.Sum(arrival, passed * Right(arrival, reach));
            passed *= Right(passed, reach);
        }
        return energies.sigmoid() * arrival;
    }

    /// <summary>Moved to the right by some keys, zeros coming in.</summary>
    private static Tensor Right(Tensor row, long keys) => nn.functional.pad(row.narrow(-1, 0, row.size(-1) - keys), [keys, 0]);
}
