namespace TorchAttention.Tests.Support;

/// <summary>What sets a mechanism apart from softmax over scores, so that a law which it does not obey is not asked of it.</summary>
[Flags]
internal enum Traits
{
    None = 0,

    /// <summary>A choice: near ties, another rounding of the scores may fall the other way.</summary>
    Hard = 1,

    /// <summary>The gradient is an estimate: the derivative of something else than the output.</summary>
    Estimated = 2,

    /// <summary>The weights of a query with keys need not sum to one.</summary>
    Unnormalized = 4,

    /// <summary>A constant on all scores of a query changes its weights.</summary>
    SeesShifts = 8,

    /// <summary>There are no scores for a bias to be added to.</summary>
    NoBias = 16,

    /// <summary>The order of the keys matters.</summary>
    OrderedKeys = 32,

    /// <summary>The order of the queries matters.</summary>
    OrderedQueries = 64,

    /// <summary>Positions count from the end of the keys, so that cutting the end off moves the rest.</summary>
    FromTheEnd = 128,

    /// <summary>Positions of queries count from the first query of the call, so that a query alone stands elsewhere.</summary>
    FromTheStart = 2048,

    /// <summary>A query may look at keys after its own position.</summary>
    LooksAhead = 256,

    /// <summary>The weights depend on how long the sentence is.</summary>
    ReadsLength = 512,

    /// <summary>What a query attends to depends on what the queries before it attended to.</summary>
    Chained = 1024,

    /// <summary>The gradient jumps where the support changes, so that in low precision two computations may differ.</summary>
    Kinked = 4096,

    /// <summary>The weights themselves jump where the support changes.</summary>
    Jumps = 8192,
}
