using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Scores made safe for a normalizer: minus infinity where an entry is absent, and zeros in a row without entries, which keeps
/// NaN out of the forward and the backward pass; <see cref="Clear"/> takes those rows out again.
/// </summary>
internal readonly struct Present
{
    private readonly Tensor absent;

    private Present(Tensor scores, Tensor absent)
    {
        Scores = scores;
        this.absent = absent;
    }

    /// <summary>(…, l, s) in float32 or float64.</summary>
    internal Tensor Scores { get; }

    internal static Present Of(Tensor scores, Tensor? allowed)
    {
        var precise = scores.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? scores.to(ScalarType.Float32) : scores;
        var absent = precise.Is(double.NegativeInfinity);
        if (allowed is not null) absent = absent.logical_or(allowed.logical_not());
        var empty = absent.all(-1, keepdim: true); // (…, l, 1)
        return new Present(precise.Fill(absent, double.NegativeInfinity).Fill(empty, 0), absent);
    }

    /// <summary>Zero where an entry is absent.</summary>
    internal Tensor Clear(Tensor weights) => weights.Fill(absent, 0);
}
