using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>What an attention computed: the context, and how it came about.</summary>
public sealed class AttentionOutput : IDisposable
{
    private readonly Tensor? _weights;

    internal AttentionOutput(
        Tensor context, Tensor? weights, Tensor? logProbability = null, Tensor? entropy = null, Tensor? alignment = null, Tensor? sample = null)
    {
        Context = context;
        _weights = weights;
        LogProbability = logProbability;
        Entropy = entropy;
        Alignment = alignment;
        Sample = sample;
    }

    /// <summary>The mean of the values under the weights, (…, l, e).</summary>
    public Tensor Context { get; }

    /// <summary>The weights (…, l, s), per head and before dropout. A query that may attend to no key has a row of zeros.</summary>
    /// <exception cref="InvalidOperationException">None were computed; <c>Attend</c> always does.</exception>
    public Tensor Weights => _weights ?? throw new InvalidOperationException("No weights were asked for.");

    /// <summary>
    /// Hard attention only: the index of the chosen key, (…, l), Int64. It is -1 for a query without keys, and for one whose
    /// weights are no choice, as some estimators give them in training. Null for every other attention.
    /// </summary>
    public Tensor? Sample { get; }

    /// <summary>
    /// Hard attention only: log p of the chosen key under p = softmax(scores), (…, l); zero where <see cref="Sample"/> is -1.
    /// Gradients flow through it. Null for every other attention.
    /// </summary>
    public Tensor? LogProbability { get; }

    /// <summary>
    /// Hard attention only: the entropy of p = softmax(scores) in nats, (…, l); zero for a query without keys.
    /// Gradients flow through it. Null for every other attention.
    /// </summary>
    public Tensor? Entropy { get; }

    /// <summary>
    /// Monotonic attention only: where each query stops the head, (…, l, s), in training the expectation; the weights, unless a
    /// chunk shares them. A later call continues from it. Null for every other attention.
    /// </summary>
    public Tensor? Alignment { get; }

    /// <summary>Takes the output apart: <c>var (context, weights) = attention.Attend(…)</c>.</summary>
    /// <param name="context">The context.</param>
    /// <param name="weights">The weights.</param>
    public void Deconstruct(out Tensor context, out Tensor weights) => (context, weights) = (Context, Weights);

    /// <summary>Disposes every tensor of the output.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    /// <summary>Another context, and the rest as a function changes its shape.</summary>
    internal AttentionOutput With(Tensor context, Func<Tensor, Tensor> reshape)
    {
        return new AttentionOutput(
            context, Change(_weights), Change(LogProbability), Change(Entropy), Change(Alignment), Change(Sample));

        Tensor? Change(Tensor? tensor) => tensor is null ? null : reshape(tensor);
    }

    internal AttentionOutput MoveToOuterDisposeScope()
    {
        foreach (var tensor in Tensors) tensor.MoveToOuterDisposeScope();
        return this;
    }

    private IEnumerable<Tensor> Tensors =>
        new[] { Context, _weights, LogProbability, Entropy, Alignment, Sample }.OfType<Tensor>();
}
