using System.Text.Json.Serialization;
using Translator.Corpus;

namespace Translator.Model;

/// <summary>The shape of a <see cref="RecurrentModel"/>.</summary>
public sealed record RecurrentOptions : ModelOptions
{
    internal const string Name = "rnn";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => Name;

    /// <summary>The kind of attention, by its name in <see cref="AttentionKind"/>.</summary>
    public required string Attention { get; init; }

    /// <summary>The size of a recurrent state; even, since the encoder's two directions share it.</summary>
    public required long HiddenDim { get; init; }

    /// <inheritdoc/>
    public override string Describe() => $"GRUs of size {HiddenDim}, attention: {Attention}";

    /// <inheritdoc/>
    public override ModelOptions Guided() => AttentionKind.CanBeGuided(Attention)
        ? this
        : throw new InputException($"{Attention} attention cannot be guided: it looks at one word at a time");

    /// <inheritdoc/>
    public override string? Fault() =>
        base.Fault() is { } fault ? fault
        : !AttentionKind.Names.Contains(Attention) ? $"unknown attention '{Attention}'"
        : !IsSize(HiddenDim) || HiddenDim % 2 != 0 ? $"{HiddenDim} is no size of a recurrent state: it must be even"
        : null;

    /// <inheritdoc/>
    public override long LeastWeights() =>
        (EmbeddingDim * (SourceWords + TargetWords)) + (EmbeddingDim * ((2 * HiddenDim) + EmbeddingDim)) + (3 * HiddenDim * HiddenDim);
}
