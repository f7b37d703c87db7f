namespace Translator.Training;

/// <summary>The learning rate over a training: a linear warm-up, then a cosine down to a twentieth.</summary>
public static class LearningRate
{
    private const int WarmUpSteps = 100;
    private const double Floor = 0.05;

    /// <summary>The rate for a step.</summary>
    /// <param name="greatest">The rate at the end of the warm-up.</param>
    /// <param name="step">From 0.</param>
    /// <param name="fraction">The share of the training that is done, 0 to 1.</param>
    public static double At(double greatest, long step, double fraction)
    {
        var warm = Math.Min(1, (step + 1.0) / WarmUpSteps);
        var cosine = 0.5 * (1 + Math.Cos(Math.PI * Math.Clamp(fraction, 0, 1)));
        return greatest * warm * (Floor + ((1 - Floor) * cosine));
    }
}
