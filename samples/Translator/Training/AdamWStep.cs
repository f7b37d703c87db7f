namespace Translator.Training;

/// <summary>The numbers of one step of <see cref="AdamW"/>.</summary>
internal readonly struct AdamWStep(AdamWOptions options, long step, double rate, double clip)
{
    /// <summary>The factor that shortens the gradient.</summary>
    internal double Clip { get; } = clip;

    internal double MeanDecay { get; } = options.MeanDecay;

    internal double SquareDecay { get; } = options.SquareDecay;

    internal double Floor { get; } = options.Floor;

    /// <summary>The learning rate, with the correction of a mean that started at zero.</summary>
    internal double Rate { get; } = rate / (1 - Math.Pow(options.MeanDecay, step));

    /// <summary>The same correction for the root of the squares' mean.</summary>
    internal double RootScale { get; } = 1 / Math.Sqrt(1 - Math.Pow(options.SquareDecay, step));

    /// <summary>What the decay leaves of a weight.</summary>
    internal double Keep { get; } = 1 - (rate * options.WeightDecay);
}
