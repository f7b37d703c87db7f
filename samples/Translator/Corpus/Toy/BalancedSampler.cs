namespace Translator.Corpus.Toy;

/// <summary>
/// Draws distinct pairs whose word forms are all frequent. Some forms are rare by nature (vous
/// casserez, nouvel): of a few sentences the one is kept whose rarest form has come least till then.
/// </summary>
internal sealed class BalancedSampler(SplitMix64 random, Language from)
{
    private const int Choices = 3;
    private const int FewestTokens = 3;

    private readonly SentenceSampler sentences = new(random);
    private readonly Dictionary<string, int> counts = [];
    private readonly Dictionary<string, string> targets = [];

    public List<ToyPair> Draw(int count)
    {
        var pairs = new List<ToyPair>(count);
        while (pairs.Count < count)
        {
            var pair = Choose();
            if (!IsNew(pair)) continue;

            pairs.Add(pair);
            foreach (var form in Forms(pair)) counts[form] = counts.GetValueOrDefault(form) + 1;
        }
        return pairs;
    }

    private ToyPair Choose() => Enumerable.Range(0, Choices).Select(_ => Fit()).MinBy(Rarest)!;

    private ToyPair Fit()
    {
        while (true)
        {
            var pair = ToyPair.Of(sentences.Sample(), from);
            if (IsFit(pair.Source, from) && IsFit(pair.Target, Language.English)) return pair;
        }
    }

    private int Rarest(ToyPair pair) => Forms(pair).Min(form => counts.GetValueOrDefault(form));

    /// <summary>Of both languages, kept apart: arrives is a form of either.</summary>
    private string[] Forms(ToyPair pair) =>
        [.. from.Split(pair.Source), .. Language.English.Split(pair.Target).Select(form => "en:" + form)];

    /// <summary>A sentence with two meanings would be a fault of the grammar.</summary>
    private bool IsNew(ToyPair pair)
    {
        if (targets.TryAdd(pair.Source, pair.Target)) return true;
        if (targets[pair.Source] == pair.Target) return false;
        throw new InvalidOperationException($"'{pair.Source}' means both '{targets[pair.Source]}' and '{pair.Target}'");
    }

    private static bool IsFit(string sentence, Language language)
    {
        var length = language.Split(sentence).Length;
        return length >= FewestTokens && length <= language.MostTokens;
    }
}
