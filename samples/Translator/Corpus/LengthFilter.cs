namespace Translator.Corpus;

/// <summary>Leaves out pairs that hurt a training: those with a very long side, and those whose sides differ much in length.</summary>
/// <remarks>A side several times as long as the other is seldom its translation (Moses' clean-corpus leaves out a ratio above 9).</remarks>
/// <param name="SourceLength">What to measure a source sentence by, such as its number of words.</param>
/// <param name="TargetLength">What to measure a target sentence by.</param>
/// <param name="MaxLength">The greatest length of a side.</param>
/// <param name="MaxRatio">How many times as long as the other a side may be.</param>
public sealed record LengthFilter(
    Func<string, int> SourceLength, Func<string, int> TargetLength, int MaxLength, double MaxRatio = double.PositiveInfinity)
{
    /// <summary>What a filter says of a pair.</summary>
    public enum Verdict
    {
        /// <summary>It is kept.</summary>
        Kept,

        /// <summary>A side is longer than the greatest length.</summary>
        TooLong,

        /// <summary>A side is too many times as long as the other.</summary>
        TooUneven,
    }

    /// <summary>Whether and why a pair is left out; too long comes before too uneven.</summary>
    public Verdict Judge(SentencePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var (source, target) = (SourceLength(pair.Source), TargetLength(pair.Target));
        if (Math.Max(source, target) > MaxLength)
            return Verdict.TooLong;
        return Math.Max(source, target) > MaxRatio * Math.Min(source, target) ? Verdict.TooUneven : Verdict.Kept;
    }

    /// <summary>The pairs that are kept, and how many are not.</summary>
    public FilteredPairs Apply(IReadOnlyList<SentencePair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var verdicts = pairs.ToLookup(Judge);
        return new FilteredPairs([.. verdicts[Verdict.Kept]], verdicts[Verdict.TooLong].Count(), verdicts[Verdict.TooUneven].Count());
    }
}

/// <summary>What a <see cref="LengthFilter"/> kept.</summary>
/// <param name="Pairs">The pairs that are kept, in order.</param>
/// <param name="TooLong">How many were left out because a side is too long.</param>
/// <param name="TooUneven">How many were left out because the sides differ too much.</param>
public sealed record FilteredPairs(IReadOnlyList<SentencePair> Pairs, int TooLong, int TooUneven);
