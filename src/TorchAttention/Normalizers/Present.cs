using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Scores made safe for a normalizer: minus infinity where an entry is absent, and zeros in a row without entries, which keeps
/// NaN out of the forward and the backward pass; <see cref="Clear"/> takes those rows out again.
/// </summary>
/// <remarks>
/// On the CPU the numbers tell how much of that is needed, mostly nothing; elsewhere a look at them would wait for the device.
/// </remarks>
internal readonly struct Present
{
    private readonly Tensor? absent;

    private Present(Tensor scores, Tensor? absent)
    {
        Scores = scores;
        this.absent = absent;
    }

    /// <summary>(…, l, s) in float32 or float64.</summary>
    internal Tensor Scores { get; }

    internal static Present Of(Tensor scores, Tensor? allowed)
    {
        scores = Precise(scores);
        var isCpu = scores.device_type == DeviceType.CPU;
        // An alias, so that a normalizer that returns what it gets does not return the caller's own.
        if (isCpu && allowed is null && IsComplete(scores)) return new Present(scores.alias(), null);

        var absent = scores.Is(double.NegativeInfinity);
        if (allowed is not null) absent.logical_or_(allowed.logical_not());
        var filled = scores.Fill(absent, double.NegativeInfinity);
        var empty = absent.all(-1, keepdim: true); // (…, l, 1)
        return new Present(isCpu && !empty.any().item<bool>() ? filled : filled.Fill(empty, 0), absent);
    }

    /// <summary>In the dtype that a distribution is computed in: float32 for half precision.</summary>
    internal static Tensor Precise(Tensor scores) =>
        scores.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? scores.to(ScalarType.Float32) : scores;

    /// <summary>Zero where an entry is absent.</summary>
    internal Tensor Clear(Tensor weights) => absent is null ? weights : weights.Fill(absent, 0);

    /// <summary>Whether no score is minus infinity, in one pass; where one is NaN that is not known.</summary>
    internal static bool IsComplete(Tensor scores) =>
        scores.numel() > 0 && scores.detach().min().to(ScalarType.Float64).item<double>() > double.NegativeInfinity;
}
