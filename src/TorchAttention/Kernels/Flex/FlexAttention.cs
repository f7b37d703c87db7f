using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Attention on the CPU with any modification of the scores, in one fused kernel: forward and backward never hold more than a tile
/// of scores.
/// </summary>
/// <remarks>
/// <code>
/// scores  = Modify(scale · query · keyᵀ)
/// weights = softmax(scores)
/// context = Dropout(weights) · value
/// </code>
/// <para>
/// query (…, l, d), key (…, s, d), value (…, s, e), where … is nothing, (b) or (b, h); the key's heads may be fewer if their number
/// divides h (successive query heads share one), and a batch size of one serves all. float32 or bfloat16 on the CPU, summed in
/// float32, with any strides. The rules of <see cref="Attention"/> hold: an empty row gives zeros, what is masked cannot hurt. The
/// result does not depend on the number of threads. There is no second derivative: asked for one, libtorch says
/// that it is not implemented.
/// </para>
/// <para>
/// Source: Dao et al. (2022) and Dong et al., FlexAttention (2024). Different from both: the modification is compiled by the .NET
/// runtime, as a type parameter.
/// </para>
/// </remarks>
public static class FlexAttention
{
    /// <summary>
    /// What was last thrown in a backward pass of this library, by a modification, or by libtorch because an input had been changed in
    /// place; null as long as nothing was. An exception there cannot cross libtorch's frames: <c>backward</c> fails with libtorch's
    /// complaint about an invalid gradient, and the cause is found here. In forward a modification's exception comes out as it is.
    /// </summary>
    public static Exception? BackwardFailure => SafeBackward.Failure;

    /// <summary>Attends with a modification of the scores.</summary>
    /// <typeparam name="TModification">The modification's type, for which the kernel is compiled.</typeparam>
    /// <param name="query">(…, h, l, d).</param>
    /// <param name="key">(…, g, s, d).</param>
    /// <param name="value">(…, g, s, e).</param>
    /// <param name="modification">What is done to the scores.</param>
    /// <param name="options">Scale, sink and dropout; null for none.</param>
    /// <returns>The context (…, h, l, e).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit; the message names both sides.</exception>
    public static Tensor Attend<TModification>(
        Tensor query, Tensor key, Tensor value, TModification modification, FlexOptions? options = null)
        where TModification : struct, IScoreModification
    {
        using var scope = NewDisposeScope();
        return Run(query, key, value, modification, options, needWeights: false).Context.MoveToOuterDisposeScope();
    }

    /// <summary>Attends, and also returns the weights and the log-sum-exp of every row.</summary>
    /// <typeparam name="TModification">The modification's type, for which the kernel is compiled.</typeparam>
    /// <param name="query">(…, h, l, d).</param>
    /// <param name="key">(…, g, s, d).</param>
    /// <param name="value">(…, g, s, e).</param>
    /// <param name="modification">What is done to the scores.</param>
    /// <param name="options">Scale, sink and dropout; null for none.</param>
    /// <returns>Context, weights (of all rows, or those of <see cref="FlexOptions.WeightRows"/>) and log-sum-exp.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit; the message names both sides.</exception>
    public static FlexOutput AttendInFull<TModification>(
        Tensor query, Tensor key, Tensor value, TModification modification, FlexOptions? options = null)
        where TModification : struct, IScoreModification
    {
        using var scope = NewDisposeScope();
        var (context, logSumExp, weights) = Run(query, key, value, modification, options, needWeights: true);
        return new FlexOutput(
            context.MoveToOuterDisposeScope(), weights!.MoveToOuterDisposeScope(), logSumExp!.MoveToOuterDisposeScope());
    }

    /// <summary>Hard attention: each query gets the value of the key with the largest modified score, the first of equal ones.</summary>
    /// <typeparam name="TModification">The modification's type, for which the kernel is compiled.</typeparam>
    /// <param name="query">(…, h, l, d).</param>
    /// <param name="key">(…, g, s, d).</param>
    /// <param name="value">(…, g, s, e).</param>
    /// <param name="modification">What is done to the scores.</param>
    /// <param name="scale">The factor of query · key; null for 1/√d.</param>
    /// <returns>The context (…, h, l, e) and the chosen keys (…, h, l), -1 in an empty row; no gradients.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit; the message names both sides.</exception>
    public static (Tensor Context, Tensor Choices) Choose<TModification>(
        Tensor query, Tensor key, Tensor value, TModification modification, double? scale = null)
        where TModification : struct, IScoreModification
    {
        using var scope = NewDisposeScope();
        var (four, inputs) = Inputs(query, key, value, modification, new FlexOptions { Scale = scale }, needWeights: false);
        var (context, choices) = inputs.Choose();
        return (four.Back(context).MoveToOuterDisposeScope(), four.Back(choices).MoveToOuterDisposeScope());
    }

    private static (Tensor Context, Tensor? LogSumExp, Tensor? Weights) Run<TModification>(
        Tensor query, Tensor key, Tensor value, TModification modification, FlexOptions? options, bool needWeights)
        where TModification : struct, IScoreModification
    {
        var (four, inputs) = Inputs(query, key, value, modification, options ?? new FlexOptions(), needWeights);
        var (context, logSumExp, weights) = inputs.NeedsGraph ? InGraph(inputs) : WithoutGraph(inputs);
        weights = weights?.to(query.dtype);
        return (four.Back(context), Back(logSumExp), Back(weights));

        Tensor? Back(Tensor? tensor) => tensor is null ? null : four.Back(tensor);
    }

    private static (FourDimensions Four, FlexInputs<TModification> Inputs) Inputs<TModification>(
        Tensor query, Tensor key, Tensor value, TModification modification, FlexOptions options, bool needWeights)
        where TModification : struct, IScoreModification
    {
        FlexGuard.Check(query, key, value, modification, options);
        var four = new FourDimensions(query, key, value, singleIsBatch: true);
        modification.Check((int)four.Batch, (int)four.Heads, (int)query.size(-2), (int)key.size(-2));
        var settings = new FlexSettings<TModification>(
            modification, (float)(options.Scale ?? 1 / Math.Sqrt(query.size(-1))), Seeded(options), needWeights,
            options.WeightRows?.ToArray());
        return (four, new FlexInputs<TModification>(
            four.Expand(query), four.ExpandKeys(key), four.ExpandKeys(value), options.Sink, modification.Flags, [.. modification.Parameters],
            settings));
    }

    private static (Tensor Context, Tensor? LogSumExp, Tensor? Weights) InGraph<TModification>(FlexInputs<TModification> inputs)
        where TModification : struct, IScoreModification
    {
        var outputs = FlexFunction<TModification>.apply(inputs.Arguments!);
        return (outputs[0], outputs.ElementAtOrDefault(1), outputs.ElementAtOrDefault(2));
    }

    private static (Tensor Context, Tensor? LogSumExp, Tensor? Weights) WithoutGraph<TModification>(FlexInputs<TModification> inputs)
        where TModification : struct, IScoreModification
    {
        var result = inputs.Forward(isRecorded: false);
        return (result.Context, result.LogSumExp, result.Weights);
    }

    private static Dropout Seeded(FlexOptions options)
    {
        if (options.Dropout == 0) return default;
        if (options.Seed is { } seed) return new Dropout(options.Dropout, (ulong)seed);
        return Dropout.Of(options.Dropout);
    }
}
