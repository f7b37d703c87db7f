using Translator.Corpus;

namespace Translator.Tests.Text;

/// <summary>The sentences of the toy corpus that comes with the sample.</summary>
internal static class ToyText
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "toy");

    /// <summary>The first sentences to train on, French and English in turn.</summary>
    internal static IEnumerable<string> Sentences(int pairs) => ParallelCorpus
        .Read(Path.Combine(Folder, "train.fr"), Path.Combine(Folder, "train.en")).Pairs
        .Take(pairs).SelectMany(pair => (string[])[pair.Source, pair.Target]);
}
