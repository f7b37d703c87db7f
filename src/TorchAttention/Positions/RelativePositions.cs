using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Learned relative positions: owns the table of <see cref="AttentionBias.Relative"/>, a number per head and distance.</summary>
/// <remarks>
/// Distances beyond the reach share its number. The table (h, 2 · reach + 1) starts at zero, so that a fresh module changes nothing.
/// <code>
/// attention.call(query, key, value, mask, positions.Bias())
/// </code>
/// Source: Shaw, Uszkoreit and Vaswani (2018), with a number in the place of their vectors.
/// </remarks>
public sealed class RelativePositions : nn.Module
{
    private readonly Parameter table;

    /// <summary>Creates the positions.</summary>
    /// <param name="heads">h, the number of heads; 1 for attention without heads.</param>
    /// <param name="reach">The largest distance that has a number of its own, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public RelativePositions(long heads, long reach)
        : base(nameof(RelativePositions))
    {
        table = new Parameter(zeros(Guard.Size(heads, nameof(heads)), 2 * Guard.Size(reach, nameof(reach)) + 1, device: CPU));
        table.DetachFromDisposeScope(); // it must outlive a dispose scope that the module is made in
        RegisterComponents();
    }

    /// <summary>The bias with the table as it is: training changes it, moving the module to another dtype or device ends it.</summary>
    /// <returns>A bias (h, l, s), or (l, s) for one head.</returns>
    public AttentionBias Bias() => AttentionBias.Relative(table);
}
