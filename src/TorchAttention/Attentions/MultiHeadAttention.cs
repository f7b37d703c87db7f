using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Several heads of any attention side by side, each on projections of its own.</summary>
/// <remarks>
/// <code>
/// head_n  = Inner(W_n query, U_n key, V_n value)
/// context = W_out [head_1; …; head_h] + b_out
/// </code>
/// <para>
/// query (…, l, embedDim), key (…, s, keyDim), value (…, s, valueDim) → context (…, l, embedDim); the weights, and what hard
/// attention adds to them, are per head: (…, h, l, s). Masks and biases are for the scores of the heads: (b, h, l, s) for
/// inputs of three dimensions, (1, h, l, s) for two; a mask per sentence is (b, 1, l, s), a bias per head (h, l, s).
/// </para>
/// <para>
/// A query that may attend to no key has zero weights, and each head gives it zeros: its context is b_out. Parameters of the
/// inner attention are shared by the heads. With fewer heads for keys and values than for queries (grouped heads; one is called
/// multi-query), each serves a run of query heads. Rotary positions turn queries and keys: key j stands at position j, query i
/// at i + s - l, as masks count.
/// </para>
/// <para>
/// The parameters have the names, shapes and initial distribution of PyTorch's <c>nn.MultiheadAttention</c>, so that its
/// weights load as they are: in_proj_weight where key and value have the query's size, else q_proj_weight, k_proj_weight and
/// v_proj_weight. Sources: Vaswani et al. (2017); Shazeer (2019) for multi-query, Ainslie et al. (2023) for grouped heads.
/// </para>
/// </remarks>
public sealed partial class MultiHeadAttention : Attention
{
    private readonly long heads;
    private readonly long keyValueHeads;
    private readonly long headDim;
    private readonly Attention inner;
    private readonly RotaryEmbedding? rotary;

    [ComponentName(Name = "in_proj_weight")]
    private readonly Parameter? inputWeight;

    [ComponentName(Name = "q_proj_weight")]
    private readonly Parameter? queryWeight;

    [ComponentName(Name = "k_proj_weight")]
    private readonly Parameter? keyWeight;

    [ComponentName(Name = "v_proj_weight")]
    private readonly Parameter? valueWeight;

    [ComponentName(Name = "in_proj_bias")]
    private readonly Parameter? inputBias;

    [ComponentName(Name = "out_proj")]
    private readonly Linear output;

    /// <summary>Creates the attention.</summary>
    /// <param name="embedDim">The size of a query and of a context.</param>
    /// <param name="numHeads">h, the number of heads, which divides <paramref name="embedDim"/>.</param>
    /// <param name="inner">
    /// The attention of a head, for queries, keys and values of size embedDim / numHeads; becomes a submodule. Null for
    /// <see cref="ScaledDotProductAttention"/>.
    /// </param>
    /// <param name="keyDim">The size of a key; null for <paramref name="embedDim"/>.</param>
    /// <param name="valueDim">The size of a value; null for <paramref name="embedDim"/>.</param>
    /// <param name="keyValueHeads">
    /// The number of heads for keys and values, which divides <paramref name="numHeads"/>; null for as many.
    /// </param>
    /// <param name="bias">Whether the projections have a bias.</param>
    /// <param name="rotary">Turns queries and keys by their positions; null for none.</param>
    /// <exception cref="ArgumentException">
    /// A size is not positive or does not divide, the inner attention takes other sizes or has heads itself, or the rotary
    /// positions turn more numbers than a head has.
    /// </exception>
    public MultiHeadAttention(
        long embedDim, long numHeads, Attention? inner = null, long? keyDim = null, long? valueDim = null, long? keyValueHeads = null,
        bool bias = true, RotaryEmbedding? rotary = null)
        : base(nameof(MultiHeadAttention), Guard.Size(embedDim, nameof(embedDim)), keyDim ?? embedDim, valueDim ?? embedDim)
    {
        heads = Guard.Divisor(numHeads, nameof(numHeads), embedDim, nameof(embedDim));
        this.keyValueHeads = Guard.Divisor(keyValueHeads ?? numHeads, nameof(keyValueHeads), numHeads, nameof(numHeads));
        headDim = embedDim / numHeads;
        this.inner = Guard.OfHeads(inner, headDim) ?? new ScaledDotProductAttention(headDim, headDim, headDim);
        this.rotary = rotary is null || rotary.Dim <= headDim
            ? rotary
            : throw new ArgumentException($"rotary turns {rotary.Dim} numbers, but a head has {headDim}.", nameof(rotary));

        var (keySize, rows) = (this.keyValueHeads * headDim, embedDim + 2 * this.keyValueHeads * headDim);
        if (KeyDim == embedDim && ValueDim == embedDim)
        {
            inputWeight = Weight(rows, embedDim);
        }
        else
        {
            queryWeight = Weight(embedDim, embedDim);
            keyWeight = Weight(keySize, KeyDim!.Value);
            valueWeight = Weight(keySize, ValueDim!.Value);
        }
        inputBias = bias ? Owned(new Parameter(zeros(rows, device: CPU))) : null;
        output = nn.Linear(embedDim, embedDim, hasBias: bias, device: CPU);
        if (bias) nn.init.zeros_(output.bias!);
        RegisterComponents();
    }

    private protected override AttentionMask? Restrict(AttentionMask? mask) => Restrict(inner, mask);

    private protected override Pairs? Meeting(AttentionMask? mask, AttentionShape shape) =>
        mask?.Meeting(PerHead(shape)).Map(tensor => Unbatched(tensor, shape)!);

    private protected override Addends? Added(AttentionBias? bias, AttentionShape shape) =>
        bias?.AddedTo(PerHead(shape)).Map(tensor => Unbatched(tensor, shape)!);

    private protected override Pairs? ForAnyHead(Pairs? pairs) => pairs?.ForAnyHead;

    private protected override Tensor PrepareKey(Tensor key) => Merge(KeyHeads(key, null));

    private protected override Tensor PrepareValue(Tensor value) => Merge(ValueHeads(value));

    private protected override AttentionOutput Compute(AttentionCall call)
    {
        var positions = QueryPositions(call.Query, call.Key.size(-2));
        return OfHeads(call with
        {
            Query = QueryHeads(call.Query, positions),
            Key = Split(call.Key, keyValueHeads),
            Value = Split(call.Value, keyValueHeads),
        });
    }

    /// <summary>Attention of projected heads (…, h, l, ·), (…, g, s, ·): heads that are shared are repeated, then all are one batch.</summary>
    private AttentionOutput OfHeads(AttentionCall call)
    {
        var (key, value) = (Repeat(call.Key), Repeat(call.Value));
        var leading = call.Query.shape[..^3];
        foreach (var tensor in new[] { key, value }) leading = Guard.Broadcast(leading, tensor.shape[..^3])!;
        var ofHead = Compute(inner, new AttentionCall(
            Fold(call.Query), Fold(key), Fold(value), call.Pairs?.Map(Fold!), call.Added?.Map(Fold!), call.NeedWeights));
        return ofHead.With(output.call(Merge(Unfold(ofHead.Context))), Unfold);

        // No attention needs to know more than four dimensions: with two leading sizes beside the heads they become one.
        [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(tensor))]
        Tensor? Fold(Tensor? tensor) => leading.Length < 2 || tensor is null || tensor.dim() < 4
            ? tensor
            : tensor.expand([.. leading, .. tensor.shape[^3..]]).flatten(0, 1);

        Tensor Unfold(Tensor tensor) => leading.Length < 2 ? tensor : tensor.reshape([.. leading, .. tensor.shape[1..]]);
    }

    private Tensor QueryHeads(Tensor query, Tensor? positions) => Heads(Turn(
        Apart(Project(query, queryWeight, 0, heads * headDim), heads), positions));

    /// <summary>(…, g, s, ·), with what the inner attention does to a key alone.</summary>
    private Tensor KeyHeads(Tensor key, Tensor? positions)
    {
        var apart = Apart(Project(key, keyWeight, heads * headDim, keyValueHeads * headDim), keyValueHeads);
        return PrepareKey(inner, Heads(Turn(apart, positions ?? Positions(0, key.size(-2), key))));
    }

    private Tensor ValueHeads(Tensor value)
    {
        var size = keyValueHeads * headDim;
        return PrepareValue(inner, Heads(Apart(Project(value, valueWeight, heads * headDim + size, size), keyValueHeads)));
    }

    /// <summary>Rows of the packed weight, or the weight alone, and their bias: (…, rows).</summary>
    private Tensor Project(Tensor input, Parameter? alone, long first, long rows) => nn.functional.linear(
        input, alone ?? inputWeight!.narrow(0, first, rows), inputBias?.narrow(0, first, rows));

    /// <summary>Turns (…, s, h, d) at positions (…, s, 1).</summary>
    private Tensor Turn(Tensor apart, Tensor? positions) => rotary is null ? apart : rotary.Turn(apart, positions!);

    /// <summary>Query i of l stands at key position i + s - l.</summary>
    private Tensor? QueryPositions(Tensor query, long keys) => Positions(keys - query.size(-2), keys, query);

    private Tensor? Positions(long start, long end, Tensor tensor) =>
        rotary is null ? null : Numbers.Range(start, end, ScalarType.Float64, tensor.device).unsqueeze(-1);

    /// <summary>Each head for keys and values serves a run of query heads: (…, g, s, d) → (…, h, s, d).</summary>
    private Tensor Repeat(Tensor tensor) => keyValueHeads == heads
        ? tensor
        : tensor.unsqueeze(-3).expand([.. tensor.shape[..^2], heads / keyValueHeads, .. tensor.shape[^2..]]).flatten(-4, -3);

    /// <summary>(…, s, h·d) → (…, s, h, d).</summary>
    private static Tensor Apart(Tensor tensor, long count) => tensor.reshape([.. tensor.shape[..^1], count, tensor.size(-1) / count]);

    /// <summary>(…, s, h, d) ↔ (…, h, s, d).</summary>
    private static Tensor Heads(Tensor tensor) => tensor.transpose(-3, -2);

    private static Tensor Split(Tensor tensor, long count) => Heads(Apart(tensor, count));

    /// <summary>(…, h, s, d) → (…, s, h·d).</summary>
    private static Tensor Merge(Tensor tensor) => Heads(tensor).flatten(-2);

    /// <summary>Unbatched inputs count as a batch of one, so that masks find batch and heads in their usual places.</summary>
    private AttentionShape PerHead(AttentionShape shape) => new(
        shape.Batch.Count == 0 ? [1, heads] : [.. shape.Batch, heads], shape.QueryLength, shape.KeyLength, shape.DType, shape.Device);

    private static Tensor? Unbatched(Tensor? tensor, AttentionShape shape) =>
        shape.Batch.Count == 0 && tensor?.dim() == 4 ? tensor.squeeze(0) : tensor;

    private static Parameter Weight(long rows, long columns) =>
        Owned(new Parameter(nn.init.xavier_uniform_(empty(rows, columns, device: CPU))));

    /// <summary>Outlives a dispose scope that the module is made in.</summary>
    private static Parameter Owned(Parameter parameter)
    {
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
