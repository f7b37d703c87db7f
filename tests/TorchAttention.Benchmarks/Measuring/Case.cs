namespace TorchAttention.Benchmarks.Measuring;

/// <summary>A row of the table: what is measured against what, and the figure to reach.</summary>
/// <param name="Group">The table it belongs to.</param>
/// <param name="Name">What is measured, with its sizes.</param>
/// <param name="Baseline">What it is measured against, in words.</param>
/// <param name="Prepare">Makes the inputs, on the caller's dispose scope, and both ways.</param>
internal sealed record Case(string Group, string Name, string Baseline, Func<Contest> Prepare)
{
    /// <summary>The median ratio that ours is to stay below; null for a row that only informs.</summary>
    internal double? Target { get; init; }

    /// <summary>Bytes above the inputs that ours is to stay below.</summary>
    internal double? MemoryTarget { get; init; }

    /// <summary>The tuned settings are for ours alone; the baseline runs as libtorch comes.</summary>
    internal bool BaselineUntuned { get; init; }

    /// <summary>For a row of a growing length: whose it is, and the length.</summary>
    internal (string Mechanism, long Length)? Point { get; init; }

    /// <summary>Left out of a quick run.</summary>
    internal bool Slow { get; init; }
}
