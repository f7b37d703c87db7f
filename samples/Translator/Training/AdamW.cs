using TorchAttention;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>
/// Adam with decoupled weight decay: w ← (1 - rate · decay) w - rate · m̂ / (√v̂ + floor), where m̂ and v̂ are running means of the
/// gradient and of its square, corrected for their start at zero.
/// </summary>
/// <remarks>
/// After Kingma and Ba (2015) and Loshchilov and Hutter (2019). Biases and norms, that is what has fewer than two dimensions, do not decay.
/// float32 on the CPU is computed in one pass over all that a weight needs, see <see cref="AdamWPass"/>; the rest by tensors. Either way
/// the result does not depend on the number of threads.
/// </remarks>
public sealed class AdamW : IDisposable
{
    private readonly AdamWOptions options;
    private readonly Slot[] slots;
    private readonly AdamWPass pass;

    /// <summary>Starts with nothing remembered.</summary>
    /// <param name="parameters">What to move, by name: what a module's named_parameters gives.</param>
    /// <param name="options">How to remember and decay.</param>
    public AdamW(IEnumerable<(string Name, Parameter Parameter)> parameters, AdamWOptions? options = null)
    {
        this.options = options ?? new AdamWOptions();
        slots = [.. parameters.Select(named => new Slot(
            named.Name, named.Parameter, zeros_like(named.Parameter).DetachFromDisposeScope(), zeros_like(named.Parameter).DetachFromDisposeScope()))];
        pass = new AdamWPass(slots);
    }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// What is remembered, "name.mean" and "name.square" for every parameter: the tensors themselves, which a step changes. With
    /// <see cref="Steps"/> it is all that <see cref="Load"/> needs.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State => slots
        .SelectMany(slot => new[] { KeyValuePair.Create($"{slot.Name}.mean", slot.Mean), KeyValuePair.Create($"{slot.Name}.square", slot.Square) })
        .ToDictionary();

    /// <summary>Goes on from a <see cref="State"/>, of which it takes a copy.</summary>
    /// <exception cref="ArgumentException">The names or shapes are not those of the parameters; nothing was changed.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        var own = State;
        if (state.Keys.Except(own.Keys).FirstOrDefault() is { } extra) throw new ArgumentException($"no parameter for {extra}", nameof(state));
        foreach (var (name, tensor) in own)
        {
            if (!state.TryGetValue(name, out var given)) throw new ArgumentException($"{name} is missing", nameof(state));
            if (!given.shape.SequenceEqual(tensor.shape))
                throw new ArgumentException($"{name} is [{string.Join(", ", given.shape)}], not [{string.Join(", ", tensor.shape)}]", nameof(state));
        }
        foreach (var (name, tensor) in own) tensor.copy_(state[name]);
        Steps = steps;
    }

    /// <summary>Takes all gradients away, so that those of the next backward passes are added up from nothing.</summary>
    public void ZeroGradients()
    {
        foreach (var slot in slots)
        {
            slot.Parameter.grad?.Dispose();
            slot.Parameter.grad = null;
        }
    }

    /// <summary>
    /// Moves every parameter that has a gradient. All gradients together count as no longer than <paramref name="maxNorm"/>; they
    /// themselves are not changed. Where their norm is not finite nothing is moved, so that one bad batch does not end a training.
    /// </summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="maxNorm">The greatest norm of all gradients as one vector.</param>
    /// <returns>The norm, as it was.</returns>
    public double Step(double rate, double maxNorm = double.PositiveInfinity)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var gradients = slots.Select(slot => slot.Parameter.grad?.contiguous()).ToArray();
        var norm = Math.Sqrt(pass.SumOfSquares(gradients) + SumOfSquares(gradients));
        if (!double.IsFinite(norm)) return norm;

        Steps++;
        var step = new AdamWStep(options, Steps, rate, norm > maxNorm ? maxNorm / norm : 1);
        pass.Move(gradients, step);
        foreach (var (slot, gradient) in slots.Zip(gradients))
            if (gradient is not null && !slot.IsFlat) Move(slot, gradient, step);
        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in slots)
        {
            slot.Mean.Dispose();
            slot.Square.Dispose();
        }
    }

    private double SumOfSquares(Tensor?[] gradients)
    {
        Tensor[] sums = [.. slots.Zip(gradients)
            .Where(item => item.Second is not null && !item.First.IsFlat)
            .Select(item => item.Second!.to(ScalarType.Float64).Squared().sum())];
        return sums.Length == 0 ? 0 : stack(sums).sum().item<double>();
    }

    private static void Move(Slot slot, Tensor gradient, AdamWStep step)
    {
        using var scope = NewDisposeScope();
        var (weights, mean, square) = (slot.Parameter, slot.Mean, slot.Square);
        var clipped = gradient.Times(step.Clip);
        mean.copy_(Numbers.Sum(mean.Times(step.MeanDecay), clipped.Times(1 - step.MeanDecay)));
        square.copy_(Numbers.Sum(square.Times(step.SquareDecay), clipped.Squared().Times(1 - step.SquareDecay)));
        var scale = square.sqrt().Times(step.RootScale).Plus(step.Floor);
        weights.copy_(weights.Times(slot.Decays ? step.Keep : 1) - (mean.Times(step.Rate) / scale));
    }

    /// <summary>A parameter and what is remembered of it.</summary>
    internal sealed record Slot(string Name, Parameter Parameter, Tensor Mean, Tensor Square)
    {
        /// <summary>Whether it is one stretch of float32 in memory, no longer than a span can be.</summary>
        internal bool IsFlat { get; } =
            Parameter is { device_type: DeviceType.CPU, dtype: ScalarType.Float32 } && Parameter.is_contiguous()
            && Parameter.numel() <= int.MaxValue / sizeof(float);

        internal bool Decays { get; } = Parameter.dim() > 1;
    }
}
