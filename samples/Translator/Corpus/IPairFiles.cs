namespace Translator.Corpus;

/// <summary>Where sentence pairs are kept.</summary>
public interface IPairFiles
{
    /// <summary>What messages call the whole.</summary>
    string Name { get; }

    /// <summary>The pairs in order, one after the other; of a line that is none, the reason.</summary>
    /// <exception cref="InputException">While they are read: a file is missing, unreadable or empty.</exception>
    IEnumerable<PairLine> Scan();
}

/// <summary>A line of a parallel corpus, or why it is none.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Pair">The two sides, of which either may be blank; both are empty where there is a fault.</param>
/// <param name="Fault">What is wrong and where, or null if nothing is.</param>
public readonly record struct PairLine(int Number, SentencePair Pair, InputException? Fault = null)
{
    /// <summary>The pair.</summary>
    /// <exception cref="InputException">The line has a fault.</exception>
    public SentencePair Sound => Fault is null ? Pair : throw Fault;
}
