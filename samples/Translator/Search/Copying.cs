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
    /// <param name="source">The source's tokens.</param>
    /// <param name="sourceIds">The numbers of the source's tokens.</param>
    /// <param name="weights">The attention's weights, target × source.</param>
    public static void Fill(string[] target, long[] ids, string[] source, long[] sourceIds, float[,] weights)
    {
        int[] all = [.. Enumerable.Range(0, source.Length)];
        int[] unknown = [.. all.Where(j => sourceIds[j] == SpecialTokens.UnknownId)];
        for (var i = 0; i < target.Length; i++)
            if (ids[i] == SpecialTokens.UnknownId)
                target[i] = source[(unknown.Length > 0 ? unknown : all).MaxBy(j => weights[i, j])];
    }
}
