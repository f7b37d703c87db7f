using TorchSharp;
using Translator.Batching;
using Translator.Model;
using Translator.Text;
using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>A translated sentence with the attention it was made under.</summary>
/// <param name="Source">The tokens that were read.</param>
/// <param name="Target">The tokens that were written; for an unknown one, what was copied from the source.</param>
/// <param name="Weights">Target tokens × source tokens; the share of the source's end mark is left out.</param>
/// <param name="Text">The translation as one line.</param>
/// <param name="Score">What the search ranked it by.</param>
public sealed record Translation(string[] Source, string[] Target, float[,] Weights, string Text, double Score);

/// <summary>
/// Text in, text out: cuts and numbers it, batches sentences by length, searches, and restores the order. Batches are translated side by side,
/// one on each thread (four at most, with their share of the cores).
/// </summary>
/// <param name="model">The model; it is put into evaluation mode.</param>
/// <param name="source">How source sentences become tokens.</param>
/// <param name="target">How target sentences become tokens.</param>
/// <param name="batchSize">How many sentences are translated at once.</param>
/// <param name="beam">How the beam search goes; null for a greedy one.</param>
public sealed class SentenceTranslator(
    TranslationModel model, TextCodec source, TextCodec target, int batchSize = 64, BeamOptions? beam = null)
{
    /// <summary>Translates lines of text.</summary>
    public IReadOnlyList<Translation> Translate(IEnumerable<string> lines, CancellationToken cancellation = default) =>
        Translate([.. lines.Select(source.Split)], cancellation);

    /// <summary>Translates sentences that are cut into tokens; an empty one becomes an empty one.</summary>
    public IReadOnlyList<Translation> Translate(IReadOnlyList<string[]> sentences, CancellationToken cancellation = default) =>
        [.. TranslateBest(sentences, cancellation).Select(best => best[0])];

    /// <summary>For each sentence its best translations, as many as the beam search was asked for, the best first.</summary>
    public IReadOnlyList<IReadOnlyList<Translation>> TranslateBest(IReadOnlyList<string[]> sentences, CancellationToken cancellation = default)
    {
        model.eval();
        var encoded = sentences.Select(words => source.Encode(words)).ToArray();
        var result = new IReadOnlyList<Translation>[sentences.Count];
        var batches = Bucketing.ByLength(encoded, batchSize).ToArray();
        using var crew = Crew.For(batches.Length);
        var next = -1;
        crew.Run(_ =>
        {
            using var inference = inference_mode();
            try
            {
                while (Interlocked.Increment(ref next) is var number && number < batches.Length)
                {
                    cancellation.ThrowIfCancellationRequested();
                    TranslateBatch(batches[number], sentences, encoded, result);
                }
            }
            finally
            {
                next = batches.Length; // after a failure the others stop too
            }
        });
        return result;
    }

    /// <summary>
    /// The attention's weights, target words × source words, while the model is made to write the given translations: what an
    /// alignment is judged by.
    /// </summary>
    public IReadOnlyList<float[,]> Align(IReadOnlyList<(string[] Source, string[] Target)> pairs)
    {
        model.eval();
        using var inference = inference_mode();
        var encoded = pairs.Select(pair => new EncodedPair(source.Encode(pair.Source), target.Encode(pair.Target))).ToArray();
        var result = new float[pairs.Count][,];
        foreach (var indices in Bucketing.ByLength([.. encoded.Select(pair => pair.Source)], batchSize))
        {
            using var scope = NewDisposeScope();
            using var batch = Batch.Of([.. indices.Select(i => encoded[i])], CPU);
            var weights = model.Align(batch);
            for (var i = 0; i < indices.Length; i++)
                result[indices[i]] = Table(weights[i], pairs[indices[i]].Target.Length, pairs[indices[i]].Source.Length);
        }
        return result;
    }

    /// <summary>The first rows and columns of (t, s): the padding and the end marks are not words.</summary>
    private static float[,] Table(Tensor weights, int rows, int columns)
    {
        var values = weights[..rows, ..columns].contiguous().data<float>().ToArray();
        var table = new float[rows, columns];
        Buffer.BlockCopy(values, 0, table, 0, sizeof(float) * values.Length);
        return table;
    }

    private void TranslateBatch(int[] indices, IReadOnlyList<string[]> sentences, long[][] encoded, IReadOnlyList<Translation>[] result)
    {
        var some = indices.Where(i => encoded[i].Length > 0).ToArray();
        foreach (var i in indices.Except(some)) result[i] = [new Translation([], [], new float[0, 0], "", 0)];
        if (some.Length == 0) return;

        var found = Search([.. some.Select(i => encoded[i])]);
        for (var i = 0; i < some.Length; i++)
            result[some[i]] = [.. found[i].Select(hypothesis => Describe(sentences[some[i]], hypothesis))];
    }

    private IReadOnlyList<IReadOnlyList<Hypothesis>> Search(long[][] sources)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch.OfSources(sources, CPU);
        var (writing, start) = (Writing.Model(CPU), model.Begin(batch));
        int[] maxLengths = [.. sources.Select(MaxLength)];
        return beam is null
            ? [.. GreedySearch.Run(writing, start, maxLengths).Select(found => new[] { found })]
            : BeamSearch.Run(writing, start, maxLengths, beam);
    }

    /// <summary>Room for a target much longer than its source, but not for a model that never ends.</summary>
    private int MaxLength(long[] source) => (int)Math.Min((2 * source.Length) + 10, model.LongestSentence ?? int.MaxValue);

    private Translation Describe(string[] words, Hypothesis found)
    {
        var weights = new float[found.Weights.Length, words.Length];
        for (var i = 0; i < weights.GetLength(0); i++)
            for (var j = 0; j < weights.GetLength(1); j++)
                weights[i, j] = found.Weights[i][j];
        var tokens = target.Decode(found.Words);
        Copying.Fill(tokens, found.Words, Copying.Copies(words, source, target), source.Encode(words), weights);
        return new Translation(words, tokens, weights, target.Join(tokens), found.Score);
    }
}
