namespace TorchAttention;

/// <summary>Where some scores stand: one query, and successive keys from <see cref="FirstKey"/> on.</summary>
public ref struct ScorePosition
{
    /// <summary>The batch item.</summary>
    public int Batch { readonly get; internal set; }

    /// <summary>The query's head.</summary>
    public int Head { readonly get; internal set; }

    /// <summary>The index of the query.</summary>
    public int Query { readonly get; internal set; }

    /// <summary>The index of the key in the first lane.</summary>
    public int FirstKey { readonly get; internal set; }

    /// <summary>l, the number of queries in all.</summary>
    public int QueryLength { readonly get; internal set; }

    /// <summary>s, the number of keys in all.</summary>
    public int KeyLength { readonly get; internal set; }

    /// <summary>The numbers of <see cref="IScoreModification.Parameters"/>, one tensor after the other, each row-major.</summary>
    public ReadOnlySpan<float> Parameters { readonly get; internal set; }

    /// <summary>The bytes of <see cref="IScoreModification.Flags"/>, row-major, one per truth value.</summary>
    public ReadOnlySpan<byte> Flags { readonly get; internal set; }

    /// <summary>The position of the query among the keys, where the last query stands at the last key.</summary>
    public readonly int Position => Query + KeyLength - QueryLength;

    /// <summary>The same place for a modification whose numbers and flags come after another's.</summary>
    internal readonly ScorePosition Behind(int parameters, int flags)
    {
        var position = this;
        position.Parameters = Parameters[parameters..];
        position.Flags = Flags[flags..];
        return position;
    }
}
