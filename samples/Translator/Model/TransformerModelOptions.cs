using System.Text.Json.Serialization;
using TorchAttention;

namespace Translator.Model;

/// <summary>The shape of a <see cref="TransformerModel"/>.</summary>
public sealed record TransformerModelOptions : ModelOptions
{
    internal const string Name = "transformer";

    private const long MostLayers = 64;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => Name;

    /// <summary>The number of layers that read.</summary>
    public required long EncoderLayers { get; init; }

    /// <summary>The number of layers that write.</summary>
    public required long DecoderLayers { get; init; }

    /// <summary>The number of heads, which divides the size of a word vector.</summary>
    public required long Heads { get; init; }

    /// <summary>The size of the hidden layer in the feed-forward networks.</summary>
    public required long FeedForwardDim { get; init; }

    /// <summary>The nonlinearity of the feed-forward networks.</summary>
    public required Activation Activation { get; init; }

    /// <summary>Whether a sublayer normalizes its input rather than its sum.</summary>
    public required bool PreNorm { get; init; }

    /// <summary>How it knows where a word stands.</summary>
    public required PositionKind Positions { get; init; }

    /// <summary>Which tables of word vectors are one.</summary>
    public required EmbeddingTying Tying { get; init; }

    /// <summary>
    /// Which head's attention to the source counts as the alignment; null for the mean of all. It is of the last layer but one, where
    /// Garg et al. (2019) found alignments the best.
    /// </summary>
    public long? AlignmentHead { get; init; }

    /// <summary>The layer whose attention to the source counts as the alignment, from 0.</summary>
    [JsonIgnore]
    public long AlignmentLayer => Math.Max(0, DecoderLayers - 2);

    /// <inheritdoc/>
    public override string Describe() =>
        $"Transformer of {EncoderLayers} + {DecoderLayers} {(PreNorm ? "pre-norm" : "post-norm")} layers, size {EmbeddingDim}, {Heads} heads";

    /// <inheritdoc/>
    /// <remarks>One head is guided and the others are free, as Garg et al. (2019) do.</remarks>
    public override ModelOptions Guided() => this with { AlignmentHead = AlignmentHead ?? 0 };

    /// <inheritdoc/>
    public override string? Fault() =>
        base.Fault() is { } fault ? fault
        : EncoderLayers is < 1 or > MostLayers || DecoderLayers is < 1 or > MostLayers ? $"{EncoderLayers} and {DecoderLayers} are no numbers of layers"
        : Heads < 1 || EmbeddingDim % Heads != 0 ? $"{Heads} heads do not share vectors of {EmbeddingDim} numbers"
        : !IsSize(FeedForwardDim) ? $"{FeedForwardDim} is no size of a feed-forward network"
        : Positions == PositionKind.Rotary && EmbeddingDim / Heads % 2 != 0 ? $"heads of {EmbeddingDim / Heads} numbers cannot be turned in pairs"
        : Tying == EmbeddingTying.All && SourceWords != TargetWords ? "one table of word vectors needs a joint vocabulary"
        : AlignmentHead is { } head && (head < 0 || head >= Heads) ? $"there is no head {head} of {Heads}"
        : !Enum.IsDefined(Activation) || !Enum.IsDefined(Positions) || !Enum.IsDefined(Tying) ? "a name of an option is unknown"
        : null;

    /// <inheritdoc/>
    public override long LeastWeights()
    {
        var (attention, feedForward) = (4 * EmbeddingDim * EmbeddingDim, 2 * EmbeddingDim * FeedForwardDim);
        return (EmbeddingDim * (Tying == EmbeddingTying.All ? TargetWords : SourceWords + TargetWords))
            + (EncoderLayers * (attention + feedForward)) + (DecoderLayers * ((2 * attention) + feedForward));
    }
}
