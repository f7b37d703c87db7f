namespace Translator.Training;

/// <summary>What a model makes of the sources of validation pairs.</summary>
/// <param name="Bleu">Of all of them, 0 to 100; null where the references are too short for it to tell good from bad.</param>
/// <param name="Examples">A few of them.</param>
public sealed record ValidationTranslations(double? Bleu, IReadOnlyList<ValidationExample> Examples);

/// <summary>A source, its translation and what it should be.</summary>
public sealed record ValidationExample(string Source, string Translation, string Reference);
