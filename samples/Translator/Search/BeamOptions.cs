namespace Translator.Search;

/// <summary>How a beam search goes.</summary>
/// <param name="Beam">How many hypotheses of a sentence go on at every step.</param>
/// <param name="LengthPenalty">
/// α in log P / ((5 + length) / 6)^α, which hypotheses are ranked by (Wu et al., 2016): 0 ranks by probability alone, more
/// favours longer ones.
/// </param>
/// <param name="NoRepeat">No n-gram of this size stands twice in a hypothesis; 0 for no such rule.</param>
/// <param name="Best">How many hypotheses are wanted.</param>
public sealed record BeamOptions(int Beam = 5, double LengthPenalty = 1, int NoRepeat = 0, int Best = 1)
{
    /// <summary>What a hypothesis of this length, the end mark counted, is ranked by.</summary>
    internal double Score(double logProbability, int length) => logProbability / Math.Pow((5 + length) / 6.0, LengthPenalty);
}
