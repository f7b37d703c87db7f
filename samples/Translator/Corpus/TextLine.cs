namespace Translator.Corpus;

/// <summary>A line of a text, or why it is none.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Text">The line without its end; empty where there is a fault.</param>
/// <param name="Fault">Why the line is not text, or null if it is.</param>
public readonly record struct TextLine(int Number, string Text, string? Fault = null);
