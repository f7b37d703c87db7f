using SkiaSharp;

namespace Translator.Plots;

/// <summary>Draws to pixels.</summary>
internal sealed class PngDrawing : IDrawing, IDisposable
{
    private readonly SKSurface _surface;

    /// <param name="size">The size of the picture.</param>
    /// <param name="scale">How many pixels a unit of it has on each side.</param>
    public PngDrawing(SKSize size, float scale)
    {
        var pixels = new SKImageInfo((int)MathF.Round(size.Width * scale), (int)MathF.Round(size.Height * scale));
        _surface = SKSurface.Create(pixels)
            ?? throw new ArgumentException($"a picture of {pixels.Width} by {pixels.Height} pixels is too large", nameof(scale));
        _surface.Canvas.Clear(SKColors.White);
        _surface.Canvas.Scale(scale);
    }

    public byte[] ToArray()
    {
        using var image = _surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    public void Dispose() => _surface.Dispose();

    public void Fill(SKRect rectangle, float radius, SKColor color, string? hint = null)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        _surface.Canvas.DrawRoundRect(rectangle, radius, radius, paint);
    }

    public void Gradient(SKRect rectangle, float radius, IReadOnlyList<SKColor> colors)
    {
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, rectangle.Bottom), new SKPoint(0, rectangle.Top), [.. colors], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader, IsAntialias = true };
        _surface.Canvas.DrawRoundRect(rectangle, radius, radius, paint);
    }

    public void Frame(SKRect rectangle, float radius, float width, SKColor color)
    {
        using var paint = new SKPaint
        {
            Color = color,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = width,
        };
        _surface.Canvas.DrawRoundRect(rectangle, radius, radius, paint);
    }

    public void Text(TextOutline text, SKPoint at, float degrees, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        _surface.Canvas.Save();
        _surface.Canvas.Translate(at);
        _surface.Canvas.RotateDegrees(degrees);
        _surface.Canvas.DrawPath(text.Path, paint);
        _surface.Canvas.Restore();
    }
}
