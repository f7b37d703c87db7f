using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

// What constructors and factories are given.
internal static partial class Guard
{
    internal static T NotNull<T>(T? value, string name)
        where T : class => value ?? throw new ArgumentNullException(name);

    internal static long Size(long size, string name) =>
        size > 0 ? size : throw new ArgumentOutOfRangeException(name, size, $"{name} must be positive.");

    internal static long? Size(long? size, string name) => size is { } given ? Size(given, name) : null;

    internal static long NotNegative(long number, string name) =>
        number >= 0 ? number : throw new ArgumentOutOfRangeException(name, number, $"{name} must not be negative.");

    internal static double NotNegative(double number, string name) =>
        number >= 0 && double.IsFinite(number)
            ? number
            : throw new ArgumentOutOfRangeException(name, number, $"{name} must be finite and not negative.");

    internal static long AtLeast(long least, long number, string name) =>
        number >= least ? number : throw new ArgumentOutOfRangeException(name, number, $"{name} must be at least {least}.");

    internal static double Probability(double probability, string name) =>
        probability is >= 0 and < 1
            ? probability
            : throw new ArgumentOutOfRangeException(name, probability, $"{name} must be at least 0 and less than 1.");

    internal static double Positive(double number, string name) =>
        number > 0 && double.IsFinite(number)
            ? number
            : throw new ArgumentOutOfRangeException(name, number, $"{name} must be positive and finite.");

    internal static double Between(double number, double low, double high, string name) =>
        number > low && number < high
            ? number
            : throw new ArgumentOutOfRangeException(name, number, FormattableString.Invariant($"{name} must lie between {low} and {high}."));

    /// <summary>TorchSharp's generators draw on the CPU, also one that says that it is elsewhere.</summary>
    internal static Generator? OnCpu(Generator? generator, string name) =>
        generator is null || generator.device.type == DeviceType.CPU
            ? generator
            : throw new ArgumentException($"{name} is on {generator.device}; it must be on the CPU, also for inputs elsewhere.", name);

    internal static double Finite(double number, string name) =>
        double.IsFinite(number) ? number : throw new ArgumentOutOfRangeException(name, number, $"{name} must be finite.");

    internal static long Divisor(long divisor, string name, long whole, string wholeName) =>
        whole % Size(divisor, name) == 0
            ? divisor
            : throw new ArgumentException($"{name} must divide {wholeName}, but is {divisor} where {wholeName} is {whole}.", name);

    /// <summary>An attention for the heads of another.</summary>
    internal static Attention? OfHeads(Attention? inner, long headDim)
    {
        if (inner is MultiHeadAttention)
            throw new ArgumentException("inner has heads itself; it must be an attention without.", nameof(inner));
        foreach (var size in new[] { inner?.QueryDim, inner?.KeyDim, inner?.ValueDim })
            if (size is { } given && given != headDim)
                throw new ArgumentException($"inner takes size {given}, but a head has embedDim / numHeads = {headDim}.", nameof(inner));
        return inner;
    }

    internal static T Defined<T>(T value, string name)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is no {typeof(T).Name}.");

    /// <summary>A score that multiplies query and key needs both of one size.</summary>
    internal static long SameSize(long queryDim, long keyDim) =>
        queryDim == keyDim
            ? Size(queryDim, nameof(queryDim))
            : throw new ArgumentException(
                $"The scaled dot product needs queries and keys of one size, but queryDim is {queryDim} and keyDim is {keyDim}; " +
                "use a BilinearScore or an AdditiveScore for sizes that differ.", nameof(keyDim));
}
