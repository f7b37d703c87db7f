using Translator.Corpus;

namespace Translator.Evaluation;

/// <summary>Sentence pairs with the links between their words, which are the lines of a third file.</summary>
/// <param name="Pairs">The pairs.</param>
/// <param name="LinksPath">A line of <c>i-j</c> for every pair, as <see cref="PharaohLinks"/> are.</param>
public sealed record LinkedFiles(IPairFiles Pairs, string LinksPath) : IPairFiles
{
    /// <inheritdoc/>
    public string Name => Pairs.Name;

    /// <inheritdoc/>
    /// <exception cref="InputException">While they are read: there are fewer or more links than pairs, or a line has something else.</exception>
    public IEnumerable<PairLine> Scan()
    {
        using var links = TextLines.Stream(LinksPath).GetEnumerator();
        var count = 0;
        foreach (var line in Pairs.Scan())
        {
            if (!links.MoveNext()) throw InputException.In(LinksPath, $"has links of {count} pairs, but there are more");
            count++;
            yield return line with { Pair = line.Pair with { Links = PharaohLinks.Parse(links.Current, LinksPath, count) } };
        }
        if (links.MoveNext()) throw InputException.In(LinksPath, $"has links of more than the {count} pairs");
    }
}
