using SkiaSharp;

namespace Translator.Plots;

/// <summary>A line of text as a shape: its left end is at the origin, on the baseline.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Path">The shape to fill.</param>
/// <param name="Width">How far it takes the pen.</param>
public sealed record TextOutline(string Text, SKPath Path, float Width);
