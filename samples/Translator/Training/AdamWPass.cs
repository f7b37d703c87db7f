using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchAttention;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>
/// The step of <see cref="AdamW"/> where weights are float32 in memory: each weight, its gradient and its two means are read once and
/// written once, which is all the time it takes. The stretches of equal size that the threads share do not depend on how many there
/// are, so neither do the sums.
/// </summary>
internal sealed class AdamWPass(AdamW.Slot[] slots)
{
    /// <summary>Small enough to share evenly, large enough for a thread to be worth it.</summary>
    private const int Stretch = 1 << 15;

    /// <summary>Numbers in a vector; where the CPU has only shorter ones .NET takes two, with the same result.</summary>
    private static readonly int Lane = Vector512<float>.Count;

    /// <summary>Of each slot that lies flat, its stretches.</summary>
    private readonly (int Slot, int Start, int Length)[] stretches = [.. slots
        .Index()
        .Where(item => item.Item.IsFlat)
        .SelectMany(item => Stretches((int)item.Item.Parameter.numel()).Select(part => (item.Index, part.Start, part.Length)))];

    /// <summary>Of all gradients together.</summary>
    internal double SumOfSquares(Tensor?[] gradients)
    {
        var sums = new double[stretches.Length];
        Share(i =>
        {
            if (gradients[stretches[i].Slot] is { } gradient) sums[i] = SumOfSquares(Floats(gradient, i));
        });
        return sums.Sum();
    }

    internal void Move(Tensor?[] gradients, AdamWStep step) => Share(i =>
    {
        if (gradients[stretches[i].Slot] is not { } gradient) return;
        var slot = slots[stretches[i].Slot];
        Move(Floats(slot.Parameter, i), Floats(gradient, i), Floats(slot.Mean, i), Floats(slot.Square, i), new Lanes(step, slot.Decays));
    });

    private static IEnumerable<(int Start, int Length)> Stretches(int count)
    {
        for (var start = 0; start < count; start += Stretch) yield return (start, Math.Min(Stretch, count - start));
    }

    private void Share(Action<int> work) => Rows.Split(stretches.Length, Stretch, (start, end) =>
    {
        for (var i = start; i < end; i++) work((int)i);
    });

    private Span<float> Floats(Tensor tensor, int stretch) =>
        MemoryMarshal.Cast<byte, float>(tensor.bytes).Slice(stretches[stretch].Start, stretches[stretch].Length);

    /// <summary>In single precision within a stretch: it is short, and the norm it is for need not be exact.</summary>
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = Vector512<float>.Zero;
        var blocks = MemoryMarshal.Cast<float, Vector512<float>>(values);
        foreach (var block in blocks) sum += block * block;
        double total = Vector512.Sum(sum);
        foreach (var value in values[(blocks.Length * Lane)..]) total += value * value;
        return total;
    }

    private static void Move(Span<float> weights, Span<float> gradient, Span<float> mean, Span<float> square, Lanes lanes)
    {
        var whole = weights.Length / Lane * Lane;
        MoveWhole(weights[..whole], gradient[..whole], mean[..whole], square[..whole], lanes);
        if (whole == weights.Length) return;

        // What is left is moved in copies that are a whole vector, so that there is one formula.
        Span<float> w = stackalloc float[Lane], g = stackalloc float[Lane], m = stackalloc float[Lane], v = stackalloc float[Lane];
        var rest = weights.Length - whole;
        weights[whole..].CopyTo(w);
        gradient[whole..].CopyTo(g);
        mean[whole..].CopyTo(m);
        square[whole..].CopyTo(v);
        MoveWhole(w, g, m, v, lanes);
        w[..rest].CopyTo(weights[whole..]);
        m[..rest].CopyTo(mean[whole..]);
        v[..rest].CopyTo(square[whole..]);
    }

    private static void MoveWhole(Span<float> weights, Span<float> gradient, Span<float> mean, Span<float> square, Lanes lanes)
    {
        var w = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector512<float>>(gradient)[..w.Length];
        var m = MemoryMarshal.Cast<float, Vector512<float>>(mean)[..w.Length];
        var v = MemoryMarshal.Cast<float, Vector512<float>>(square)[..w.Length];
        for (var i = 0; i < w.Length; i++)
        {
            var clipped = g[i] * lanes.Clip;
            m[i] = (m[i] * lanes.MeanDecay) + (clipped * lanes.MeanGrowth);
            v[i] = (v[i] * lanes.SquareDecay) + (clipped * clipped * lanes.SquareGrowth);
            w[i] = (w[i] * lanes.Keep) - (m[i] * lanes.Rate / ((Vector512.Sqrt(v[i]) * lanes.RootScale) + lanes.Floor));
        }
    }

    /// <summary>The numbers of a step, each in every lane.</summary>
    private readonly struct Lanes(AdamWStep step, bool decays)
    {
        internal readonly Vector512<float> Clip = Vector512.Create((float)step.Clip);
        internal readonly Vector512<float> MeanDecay = Vector512.Create((float)step.MeanDecay);
        internal readonly Vector512<float> MeanGrowth = Vector512.Create((float)(1 - step.MeanDecay));
        internal readonly Vector512<float> SquareDecay = Vector512.Create((float)step.SquareDecay);
        internal readonly Vector512<float> SquareGrowth = Vector512.Create((float)(1 - step.SquareDecay));
        internal readonly Vector512<float> RootScale = Vector512.Create((float)step.RootScale);
        internal readonly Vector512<float> Floor = Vector512.Create((float)step.Floor);
        internal readonly Vector512<float> Rate = Vector512.Create((float)step.Rate);
        internal readonly Vector512<float> Keep = Vector512.Create(decays ? (float)step.Keep : 1);
    }
}
