using Translator.Text;

namespace Translator.Search;

/// <summary>
/// Puts a word of the source in the place of each unknown word of the target: the one that the attention looks at most,
/// among the source's own unknown words if it has any (after Luong et al., 2015). Names and rare characters survive so.
/// </summary>
internal static class Copying
{
    /// <summary>Replaces the unknown tokens of <paramref name="target"/> in place.</summary>
    /// <param name="target">The target's tokens.</param>
    /// <param name="ids">The numbers of the target's tokens.</param>
    /// <param name="copies">For each of the source's tokens what it is in the target, as <see cref="Copies"/> has it.</param>
    /// <param name="sourceIds">The numbers of the source's tokens.</param>
    /// <param name="weights">The attention's weights, target × source.</param>
    public static void Fill(string[] target, long[] ids, string?[] copies, long[] sourceIds, float[,] weights)
    {
        int[] all = [.. Enumerable.Range(0, copies.Length).Where(j => copies[j] is not null)];
        int[] unknown = [.. all.Where(j => sourceIds[j] == SpecialTokens.UnknownId)];
        for (var i = 0; i < target.Length; i++)
            if (ids[i] == SpecialTokens.UnknownId && all.Length > 0)
                target[i] = copies[(unknown.Length > 0 ? unknown : all).MaxBy(j => weights[i, j])]!;
    }

    /// <summary>
    /// For each token what stands for it in a target: itself where both sides have one kind of tokens; elsewhere the whole word that it is
    /// part of, for a piece would say nothing there, with the mark of a new word where the target has such marks. Null for a mere space.
    /// </summary>
    public static string?[] Copies(string[] tokens, TextCodec source, TextCodec target)
    {
        if (source.Options.Tokenization == target.Options.Tokenization) return tokens;
        var mark = target.Options.Tokenization == Tokenization.Word ? "" : VisibleSpace.Mark.ToString();
        var words = source.Words(tokens);
        var texts = tokens.Zip(words).GroupBy(item => item.Second, item => item.First).ToDictionary(word => word.Key, source.Join);
        return [.. words.Select(word => texts[word] is { Length: > 0 } text ? mark + text : null)];
    }
}
