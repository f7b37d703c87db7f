using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>T5's relative positions: owns the table of <see cref="AttentionBias.RelativeBuckets"/>, a number per head and bucket.</summary>
/// <remarks>
/// Near distances have a bucket each, farther ones share buckets that grow with the distance. The table (h, buckets) starts at
/// zero, so that a fresh module changes nothing; T5 shares one table among all its layers.
/// <code>
/// attention.call(query, key, value, mask, positions.Bias())
/// </code>
/// Source: Raffel et al. (2020).
/// </remarks>
public sealed class BucketedRelativePositions : nn.Module
{
    private readonly Parameter table;
    private readonly bool bidirectional;
    private readonly long maxDistance;

    /// <summary>Creates the positions.</summary>
    /// <param name="heads">h, the number of heads; 1 for attention without heads.</param>
    /// <param name="buckets">The number of buckets, at least 4, or 2 for one direction.</param>
    /// <param name="bidirectional">Whether keys after the query have buckets of their own; a causal decoder needs none.</param>
    /// <param name="maxDistance">The distance from which on all share a bucket.</param>
    /// <exception cref="ArgumentException">A number is too small.</exception>
    public BucketedRelativePositions(long heads, long buckets = 32, bool bidirectional = true, long maxDistance = 128)
        : base(nameof(BucketedRelativePositions))
    {
        _ = new DistanceBuckets(buckets, bidirectional, maxDistance, nameof(buckets));
        this.bidirectional = bidirectional;
        this.maxDistance = maxDistance;
        table = new Parameter(zeros(Guard.Size(heads, nameof(heads)), buckets, device: CPU));
        table.DetachFromDisposeScope(); // it must outlive a dispose scope that the module is made in
        RegisterComponents();
    }

    /// <summary>The bias with the table as it is: training changes it, moving the module to another dtype or device ends it.</summary>
    /// <returns>A bias (h, l, s), or (l, s) for one head.</returns>
    public AttentionBias Bias() => AttentionBias.RelativeBuckets(table, bidirectional, maxDistance);
}
