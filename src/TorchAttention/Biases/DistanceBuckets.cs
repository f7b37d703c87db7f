namespace TorchAttention;

/// <summary>Which bucket a distance between key and query falls into: Raffel et al. (2020).</summary>
internal readonly struct DistanceBuckets
{
    private readonly bool bidirectional;
    private readonly long buckets;
    private readonly long single;
    private readonly long maxDistance;

    /// <summary>Checks that each direction has a bucket of one distance and one of many, and that the latter has room.</summary>
    internal DistanceBuckets(long count, bool bidirectional, long maxDistance, string countName)
    {
        this.bidirectional = bidirectional;
        buckets = bidirectional ? count / 2 : count;
        single = buckets / 2;
        if (single < 1)
            throw new ArgumentException(
                $"{countName} has {count} buckets; it needs at least {(bidirectional ? "4, two for each direction" : "2")}.", countName);
        this.maxDistance = maxDistance > single
            ? maxDistance
            : throw new ArgumentOutOfRangeException(
                nameof(maxDistance), maxDistance, $"maxDistance must exceed {single}, the number of distances with a bucket each.");
    }

    /// <summary>The bucket of key position minus query position.</summary>
    internal long Of(long distance)
    {
        var first = bidirectional && distance > 0 ? buckets : 0;
        var away = bidirectional ? Math.Abs(distance) : Math.Max(-distance, 0);
        if (away < single) return first + away;

        var growth = Math.Log((double)away / single) / Math.Log((double)maxDistance / single); // 1 at maxDistance
        return first + Math.Min(single + (long)(growth * (buckets - single)), buckets - 1);
    }
}
