namespace TorchAttention.Tests.Support;

/// <summary>Distinct primes, so that a swapped axis cannot pass.</summary>
internal static class Sizes
{
    internal const long Batch = 2;
    internal const long Heads = 3;
    internal const long Queries = 5;
    internal const long Keys = 7;
    internal const long QueryDim = 11;
    internal const long KeyDim = 13;
    internal const long ValueDim = 17;
    internal const long Hidden = 19;

    /// <summary>The leading sizes for inputs of 2, 3 or 4 dimensions.</summary>
    internal static long[] Leading(int rank) => rank switch
    {
        2 => [],
        3 => [Batch],
        _ => [Batch, Heads],
    };
}
