namespace TorchAttention;

/// <summary>A tile of scores: some successive queries and keys of one head; first and last are both inside.</summary>
public ref struct ScoreTile
{
    /// <summary>The batch item.</summary>
    public int Batch { readonly get; internal set; }

    /// <summary>The query's head.</summary>
    public int Head { readonly get; internal set; }

    /// <summary>The first query.</summary>
    public int FirstQuery { readonly get; internal set; }

    /// <summary>The last query.</summary>
    public int LastQuery { readonly get; internal set; }

    /// <summary>The first key.</summary>
    public int FirstKey { readonly get; internal set; }

    /// <summary>The last key.</summary>
    public int LastKey { readonly get; internal set; }

    /// <summary>l, the number of queries in all.</summary>
    public int QueryLength { readonly get; internal set; }

    /// <summary>s, the number of keys in all.</summary>
    public int KeyLength { readonly get; internal set; }

    /// <summary>The numbers of <see cref="IScoreModification.Parameters"/>, one tensor after the other, each row-major.</summary>
    public ReadOnlySpan<float> Parameters { readonly get; internal set; }

    /// <summary>The bytes of <see cref="IScoreModification.Flags"/>, row-major, one per truth value.</summary>
    public ReadOnlySpan<byte> Flags { readonly get; internal set; }

    /// <summary>The position of the first query among the keys, where the last query stands at the last key.</summary>
    public readonly int FirstPosition => FirstQuery + KeyLength - QueryLength;

    /// <summary>The position of the last query among the keys, where the last query stands at the last key.</summary>
    public readonly int LastPosition => LastQuery + KeyLength - QueryLength;

    /// <summary>The same tile for a modification whose numbers and flags come after another's.</summary>
    internal readonly ScoreTile Behind(int parameters, int flags)
    {
        var tile = this;
        tile.Parameters = Parameters[parameters..];
        tile.Flags = Flags[flags..];
        return tile;
    }
}
