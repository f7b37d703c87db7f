namespace TorchAttention;

/// <summary>
/// Random bits by counting: a hash of where a number stands, so that nobody stores it and everybody finds it again. The mixer is
/// MurmurHash3's (Appleby, 2011), which lets every bit of the input flip every bit of the output with probability near 1/2.
/// </summary>
internal static class RandomBits
{
    /// <summary>2^32 over the golden ratio: spreads successive keys.</summary>
    internal const uint Odd = 0x9E3779B9;

    internal const uint First = 0x85EBCA6B;

    internal const uint Second = 0xC2B2AE35;

    internal static uint Mix(uint bits)
    {
        bits = (bits ^ (bits >> 16)) * First;
        bits = (bits ^ (bits >> 13)) * Second;
        return bits ^ (bits >> 16);
    }

    /// <summary>The number of a row of weights, which its keys are mixed with.</summary>
    internal static uint Row(ulong seed, int batch, int head, int query) =>
        Mix(Mix(Mix(Mix((uint)seed) ^ (uint)(seed >> 32)) + (uint)batch) + (((uint)head * Odd) ^ Mix((uint)query + First)));
}
