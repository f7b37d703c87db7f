namespace TorchAttention.Benchmarks.Measuring;

/// <summary>Two ways to get something done, prepared and ready to be timed in turns.</summary>
/// <param name="Ours">One run of this library's way.</param>
/// <param name="Baseline">One run of the other way.</param>
/// <param name="Operations">Multiplications and additions of one run of ours that no way can do without; null where that says little.</param>
internal sealed record Contest(Action Ours, Action Baseline, double? Operations = null);
