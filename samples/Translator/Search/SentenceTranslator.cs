using TorchSharp;
using Translator.Batching;
using Translator.Model;
using Translator.Text;
using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>A translated sentence with the attention it was made under.</summary>
/// <param name="Source">The words that were read.</param>
/// <param name="Target">The words that were written.</param>
/// <param name="Weights">One row per target word over the source's words; the end mark's share is left out.</param>
public sealed record Translation(IReadOnlyList<string> Source, IReadOnlyList<string> Target, float[][] Weights);

/// <summary>Words in, words out: numbers them, batches them by length, searches, and restores the order.</summary>
public sealed class SentenceTranslator(TranslationModel model, Vocabulary source, Vocabulary target, int batchSize = 64)
{
    /// <summary>Translates sentences; an empty one becomes an empty one.</summary>
    public IReadOnlyList<Translation> Translate(IReadOnlyList<string[]> sentences, CancellationToken cancellation = default)
    {
        model.eval();
        using var inference = inference_mode();
        var encoded = sentences.Select(words => source.Encode(words)).ToArray();
        var result = new Translation[sentences.Count];
        foreach (var indices in Bucketing.ByLength(encoded, batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var some = indices.Where(i => encoded[i].Length > 0).ToArray();
            foreach (var i in indices.Except(some)) result[i] = new Translation([], [], []);
            if (some.Length == 0) continue;

            var found = Search([.. some.Select(i => encoded[i])]);
            for (var i = 0; i < some.Length; i++)
                result[some[i]] = Describe(sentences[some[i]], found[i]);
        }
        return result;
    }

    private IReadOnlyList<Hypothesis> Search(long[][] sources)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch.OfSources(sources, CPU);
        var (memory, state) = model.Encode(batch);
        using (memory)
            return GreedySearch.Run(
                (words, previous) => model.Step(words, memory, previous), state, SpecialTokens.BeginId, SpecialTokens.EndId,
                [.. sources.Select(MaxLength)], CPU);
    }

    /// <summary>Room for a target much longer than its source, but not for a model that never ends.</summary>
    private static int MaxLength(long[] source) => (2 * source.Length) + 10;

    private Translation Describe(string[] words, Hypothesis found) =>
        new(words, target.Decode(found.Words), [.. found.Weights.Select(row => row[..words.Length])]);
}
