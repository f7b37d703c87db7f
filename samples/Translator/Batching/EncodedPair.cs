namespace Translator.Batching;

/// <summary>A sentence and its translation as token numbers, without begin and end marks.</summary>
public sealed record EncodedPair(long[] Source, long[] Target);
