namespace TorchAttention;

/// <summary>What a modification does to a tile of scores.</summary>
public enum TileKind
{
    /// <summary>It forbids every pair: the tile is skipped.</summary>
    Empty,

    /// <summary>It leaves every score as it is.</summary>
    Unchanged,

    /// <summary>It changes some scores.</summary>
    Modified,
}
