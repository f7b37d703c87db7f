namespace Translator.Plots;

/// <summary>What learning curves are drawn over.</summary>
public enum CurveAxis
{
    /// <summary>Steps of the optimizer.</summary>
    Steps,

    /// <summary>Time of training.</summary>
    Minutes,
}
