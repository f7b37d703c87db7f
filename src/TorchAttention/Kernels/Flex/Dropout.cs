namespace TorchAttention;

/// <summary>Which weights are dropped: a function of a seed and of where the weight stands, so that backward finds the same ones.</summary>
internal readonly record struct Dropout(double Probability, ulong Seed)
{
    /// <summary>With a seed of its own.</summary>
    internal static Dropout Of(double probability) => new(probability, RandomSource.Seed());

    internal bool IsOn => Probability > 0;

    /// <summary>A weight stays if its random number of 24 bits is at least this.</summary>
    internal int Threshold => (int)Math.Round(Probability * (1 << 24));

    /// <summary>What a weight that stays is multiplied by.</summary>
    internal float Factor => (float)(1 / (1 - Probability));

    internal uint Row(int batch, int head, int query) => IsOn ? RandomBits.Row(Seed, batch, head, query) : 0;
}
