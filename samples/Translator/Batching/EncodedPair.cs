using Translator.Corpus;

namespace Translator.Batching;

/// <summary>A sentence and its translation as token numbers, without begin and end marks.</summary>
public sealed record EncodedPair(long[] Source, long[] Target)
{
    /// <summary>Which tokens translate each other, for a training whose attention is guided.</summary>
    public IReadOnlyList<AlignmentLink> Links { get; init; } = [];
}
