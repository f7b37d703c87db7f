using System.Runtime.ExceptionServices;
using Translator.Corpus;

namespace Translator.Cli;

/// <summary>
/// Sentences in groups that are translated together: many, so that batches of like length can be made, but not so many tokens that what
/// is kept of them, which grows with the squares of their lengths, becomes large.
/// </summary>
internal static class Chunks
{
    internal const int MostSentences = 1024;
    private const int MostTokens = 1 << 14;

    /// <summary>The groups. What comes before bad input makes a group of its own, so that nothing read is lost with it.</summary>
    /// <param name="sentences">The sentences.</param>
    /// <param name="length">How many tokens one has.</param>
    /// <param name="most">How many sentences a group has at most.</param>
    internal static IEnumerable<T[]> Of<T>(IEnumerable<T> sentences, Func<T, int> length, int most = MostSentences)
    {
        using var each = sentences.GetEnumerator();
        var (chunk, tokens) = (new List<T>(), 0);
        while (true)
        {
            var (more, fault) = Next(each);
            if (more)
            {
                chunk.Add(each.Current);
                tokens += length(each.Current);
            }
            if (chunk.Count == most || tokens >= MostTokens || (!more && chunk.Count > 0))
            {
                yield return [.. chunk];
                chunk.Clear();
                tokens = 0;
            }
            fault?.Throw();
            if (!more) yield break;
        }
    }

    private static (bool More, ExceptionDispatchInfo? Fault) Next<T>(IEnumerator<T> sentences)
    {
        try
        {
            return (sentences.MoveNext(), null);
        }
        catch (InputException error)
        {
            return (false, ExceptionDispatchInfo.Capture(error));
        }
    }
}
