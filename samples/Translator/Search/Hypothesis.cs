namespace Translator.Search;

/// <summary>What a search found for one sentence.</summary>
/// <param name="Words">The target's token numbers, without begin and end marks.</param>
/// <param name="Weights">The attention's weights over the source's tokens, one row per word.</param>
/// <param name="LogProbability">The sum of the words' log-probabilities, the end mark's included if it was reached.</param>
/// <param name="Score">What the search ranked it by.</param>
public sealed record Hypothesis(long[] Words, float[][] Weights, double LogProbability, double Score);
