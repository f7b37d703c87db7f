using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>What a call of <see cref="FlexAttention"/> may be told beside its modification.</summary>
public sealed record FlexOptions
{
    /// <summary>The factor of query · key; null for 1/√d.</summary>
    public double? Scale { get; init; }

    /// <summary>
    /// An attention sink: a logit per head (h), float32, that joins every row as a key without a value, so that a row's weights may
    /// sum to less than one. Gradients flow back to it. Source: Xiao et al. (2023), in this form OpenAI's gpt-oss (2025).
    /// </summary>
    public Tensor? Sink { get; init; }

    /// <summary>
    /// The queries whose weights <see cref="FlexAttention.AttendInFull"/> returns, in this order, each at most once; null for all.
    /// </summary>
    public IReadOnlyList<long>? WeightRows { get; init; }

    /// <summary>The probability that a weight is dropped, from 0 to less than 1; those that stay are divided by 1 - p.</summary>
    public double Dropout { get; init; }

    /// <summary>What dropout's choices follow from, with the weight's place alone; null draws it, see <see cref="RandomSource"/>.</summary>
    public long? Seed { get; init; }
}
