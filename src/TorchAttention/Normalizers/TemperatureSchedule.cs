namespace TorchAttention;

/// <summary>A temperature that falls while a model trains: max(end, start · exp(-rate · step)).</summary>
/// <remarks>
/// <para>
/// An immutable value, for <see cref="Gumbel.Temperature"/> and <see cref="StraightThrough.Temperature"/>:
/// <c>estimator.Temperature = schedule.At(step)</c> before each step, or every few hundred.
/// </para>
/// <para>Source: Jang, Gu and Poole (2017), who start at 1, end at 0.5 and try rates of 1e-5 and 1e-4.</para>
/// </remarks>
public sealed class TemperatureSchedule
{
    private readonly double start;
    private readonly double end;
    private readonly double rate;

    /// <summary>Creates the schedule.</summary>
    /// <param name="start">The temperature at step 0.</param>
    /// <param name="end">The lowest temperature, at most <paramref name="start"/>.</param>
    /// <param name="rate">How fast it falls: by about this share per step.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A temperature is not positive and finite, the end exceeds the start, or the rate is negative or not finite.
    /// </exception>
    public TemperatureSchedule(double start, double end, double rate)
    {
        this.start = Guard.Positive(start, nameof(start));
        this.end = Guard.Positive(end, nameof(end)) <= start
            ? end
            : throw new ArgumentOutOfRangeException(nameof(end), end, $"end must be at most start, which is {start}.");
        this.rate = Guard.NotNegative(rate, nameof(rate));
    }

    /// <summary>The temperature at a step.</summary>
    /// <param name="step">How many steps were taken, from 0 on.</param>
    /// <returns>The temperature.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double At(long step) => Math.Max(end, start * Math.Exp(-rate * Guard.NotNegative(step, nameof(step))));
}
