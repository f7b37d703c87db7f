namespace Translator.Model;

/// <summary>What decides the shape of a translation model; stored with its weights.</summary>
/// <param name="Attention">The kind of attention, by its name in <see cref="AttentionKind"/>.</param>
/// <param name="SourceWords">The size of the source vocabulary.</param>
/// <param name="TargetWords">The size of the target vocabulary.</param>
/// <param name="EmbeddingDim">The size of a word vector.</param>
/// <param name="HiddenDim">The size of a recurrent state; even, since the encoder's two directions share it.</param>
/// <param name="Dropout">The probability with which an input of a layer is dropped in training.</param>
public sealed record ModelOptions(
    string Attention, long SourceWords, long TargetWords, long EmbeddingDim, long HiddenDim, double Dropout);
