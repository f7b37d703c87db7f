namespace Translator.Training;

/// <summary>The learning rate over a training: up in a straight line, then down as the schedule says.</summary>
/// <param name="Schedule">How it goes down.</param>
/// <param name="Greatest">The rate at the end of the warm-up.</param>
/// <param name="WarmUp">Over how many steps it goes up; 0 for none.</param>
public sealed record LearningRate(Schedule Schedule, double Greatest, int WarmUp)
{
    private const double CosineFloor = 0.05;

    /// <summary>The rate for a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="fraction">The share of the training that is done, 0 to 1.</param>
    public double At(long step, double fraction)
    {
        var warm = Math.Min(1, (step + 1.0) / Math.Max(WarmUp, 1));
        var left = 1 - Math.Clamp(fraction, 0, 1);
        return Greatest * warm * Schedule switch
        {
            Schedule.Cosine => CosineFloor + ((1 - CosineFloor) * 0.5 * (1 - Math.Cos(Math.PI * left))),
            Schedule.InverseSquareRoot => Math.Sqrt(Math.Max(WarmUp, 1) / Math.Max(step + 1.0, Math.Max(WarmUp, 1))),
            Schedule.Linear => left,
            _ => 1,
        };
    }
}
