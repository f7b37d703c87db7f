namespace Translator.Corpus;

/// <summary>Says that two words translate each other; both are counted from 0.</summary>
/// <param name="Source">The position in the source sentence.</param>
/// <param name="Target">The position in the target sentence.</param>
public readonly record struct AlignmentLink(int Source, int Target) : IComparable<AlignmentLink>
{
    /// <summary>Orders links by source position, then by target position.</summary>
    public int CompareTo(AlignmentLink other) =>
        Source != other.Source ? Source.CompareTo(other.Source) : Target.CompareTo(other.Target);

    /// <summary>The link as <c>i-j</c>.</summary>
    public override string ToString() => $"{Source}-{Target}";
}
