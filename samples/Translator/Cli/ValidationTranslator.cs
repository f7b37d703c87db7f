using Translator.Corpus;
using Translator.Evaluation;
using Translator.Search;
using Translator.Training;

namespace Translator.Cli;

/// <summary>Translates validation pairs while a model is in training: their BLEU judges it, a few of them show what it has learnt.</summary>
/// <remarks>The words that BLEU counts are those between spaces, of references normalised as the model's own text is.</remarks>
internal sealed class ValidationTranslator(Checkpoint checkpoint, IReadOnlyList<SentencePair> pairs, int most)
{
    private const int Examples = 3;

    /// <summary>BLEU counts runs of up to so many words; without a longer reference it is 0, however good a translation.</summary>
    private const int LongestRun = 4;

    private readonly SentencePair[] some = Spread(pairs, most);
    private readonly SentenceTranslator translator = new(checkpoint.Model, checkpoint.Source, checkpoint.Target);

    /// <summary>Translates them greedily, which is fast and close enough.</summary>
    internal ValidationTranslations Translate(CancellationToken cancellation)
    {
        string[] hypotheses = [.. translator.Translate(some.Select(pair => pair.Source), cancellation).Select(translation => translation.Text)];
        string[] references = [.. some.Select(pair => checkpoint.Target.Normalize(pair.Target))];
        double? bleu = references.Any(reference => reference.Split(' ').Length >= LongestRun)
            ? Bleu.Corpus(hypotheses, references, new BleuOptions(BleuTokenization.None)).Score
            : null;
        var shown = Spread([.. Enumerable.Range(0, some.Length)], Examples);
        return new ValidationTranslations(bleu, [.. shown.Select(i => new ValidationExample(some[i].Source, hypotheses[i], references[i]))]);
    }

    /// <summary>As many as that, from the first to the last at equal distances: a corpus may be sorted.</summary>
    private static T[] Spread<T>(IReadOnlyList<T> all, int most)
    {
        var count = Math.Min(all.Count, most);
        return [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])];
    }
}
