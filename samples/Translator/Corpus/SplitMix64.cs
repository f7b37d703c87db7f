namespace Translator.Corpus;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, 2014): a counter stepped by the golden ratio and mixed twice.
/// It stands here because <see cref="Random"/> promises no sequence across .NET versions, and the toy
/// corpus is checked byte for byte. Integers only, so every platform draws the same.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>The generator of a numbered part of something, like an epoch of a training: none needs those before it.</summary>
    public static SplitMix64 Of(int seed, long part) => new(new SplitMix64((ulong)seed).Next() ^ (ulong)part);

    public ulong Next()
    {
        unchecked
        {
            state += GoldenGamma;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number in [0, bound): the high half of the product, whose bias at 64 bits is beneath notice.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(Next(), (ulong)bound, out _);
    }

    /// <summary>Puts the items in random order (Fisher and Yates).</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (var last = items.Count - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>True in <paramref name="percent"/> of a hundred draws.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>True with that probability.</summary>
    public bool Happens(double probability) => (Next() >> 11) * (1.0 / (1L << 53)) < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>One of the items, each as often as its weight says.</summary>
    public T Pick<T>(params ReadOnlySpan<(T Item, int Weight)> items)
    {
        var total = 0;
        foreach (var (_, weight) in items) total += weight;

        var draw = Below(total);
        foreach (var (item, weight) in items)
        {
            draw -= weight;
            if (draw < 0) return item;
        }
        throw new InvalidOperationException("weights sum to the bound of the draw");
    }
}
