using System.Text;

namespace Translator.Corpus.Toy;

/// <summary>
/// A corpus of French or Chinese and English made from a grammar and a lexicon by a seeded generator. Every source
/// sentence has one translation, every word form is seen often, and the word links are exact; the
/// rules of the links stand with <see cref="Concepts"/>.
/// </summary>
/// <param name="From">The source language; the target is English.</param>
/// <param name="Train">Pairs to train on.</param>
/// <param name="Valid">Pairs to validate with.</param>
/// <param name="Test">Pairs to test with.</param>
public sealed record ToyCorpus(Language From, IReadOnlyList<ToyPair> Train, IReadOnlyList<ToyPair> Valid, IReadOnlyList<ToyPair> Test)
{
    /// <summary>The seed of the committed files.</summary>
    public const ulong DefaultSeed = 2014;

    public const int TrainCount = 20_000;
    public const int ValidCount = 1_000;
    public const int TestCount = 1_000;

    /// <summary>The same seed makes the same corpus, on every platform.</summary>
    public static ToyCorpus Generate(Language from, ulong seed = DefaultSeed)
    {
        var random = new SplitMix64(seed);
        var pairs = new BalancedSampler(random, from).Draw(TrainCount + ValidCount + TestCount);
        // The sampler favours at each time what was rare till then, so the order is not random yet.
        random.Shuffle(pairs);
        return new(from, pairs[..TrainCount], pairs[TrainCount..^TestCount], pairs[^TestCount..]);
    }

    /// <summary>Writes train, valid and test in files named by their language, and .links, UTF-8 without a mark, lines ended by a line feed.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="overwrite">Whether files of these names with something else in them are replaced.</param>
    /// <exception cref="InputException">There is such a file; nothing was written.</exception>
    public void Write(string directory, bool overwrite = false)
    {
        PathName.Require(directory);
        (string Path, byte[] Content)[] files = [.. Files().Select(file => (Path.Combine(directory, file.Name), Encoding.UTF8.GetBytes(file.Content)))];
        if (!overwrite && Array.Find(files, file => IsOther(file.Path, file.Content)).Path is { } other)
            throw InputException.In(other, "is something else already; replace it with --overwrite, or name another folder");
        Directory.CreateDirectory(directory);
        foreach (var (path, content) in files) File.WriteAllBytes(path, content);
    }

    /// <summary>The name and the content of each file.</summary>
    public IEnumerable<(string Name, string Content)> Files()
    {
        foreach (var (split, pairs) in new[] { ("train", Train), ("valid", Valid), ("test", Test) })
        {
            yield return ($"{split}.{From.Code}", Lines(pairs.Select(pair => pair.Source)));
            yield return ($"{split}.{Language.English.Code}", Lines(pairs.Select(pair => pair.Target)));
            yield return ($"{split}.links", Lines(pairs.Select(pair => pair.Links)));
        }
    }

    /// <summary>Whether something is there that was not written by the same corpus.</summary>
    private static bool IsOther(string path, byte[] content) =>
        Path.Exists(path) && !(new FileInfo(path) is { Exists: true } file && file.Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content));

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
