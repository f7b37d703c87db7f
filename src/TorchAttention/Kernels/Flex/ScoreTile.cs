namespace TorchAttention;

/// <summary>A tile of scores: some successive queries and keys of one head; first and last are both inside.</summary>
public readonly record struct ScoreTile
{
    /// <summary>The batch item.</summary>
    public required int Batch { get; init; }

    /// <summary>The query's head.</summary>
    public required int Head { get; init; }

    /// <summary>The first query.</summary>
    public required int FirstQuery { get; init; }

    /// <summary>The last query.</summary>
    public required int LastQuery { get; init; }

    /// <summary>The first key.</summary>
    public required int FirstKey { get; init; }

    /// <summary>The last key.</summary>
    public required int LastKey { get; init; }

    /// <summary>l, the number of queries in all.</summary>
    public required int QueryLength { get; init; }

    /// <summary>s, the number of keys in all.</summary>
    public required int KeyLength { get; init; }

    /// <summary>The position of the first query among the keys, where the last query stands at the last key.</summary>
    public int FirstPosition => FirstQuery + KeyLength - QueryLength;

    /// <summary>The position of the last query among the keys, where the last query stands at the last key.</summary>
    public int LastPosition => LastQuery + KeyLength - QueryLength;
}
