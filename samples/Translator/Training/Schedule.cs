namespace Translator.Training;

/// <summary>How a learning rate goes down after its warm-up.</summary>
public enum Schedule
{
    /// <summary>Along a cosine to a twentieth.</summary>
    Cosine,

    /// <summary>With the square root of the steps (Vaswani et al., 2017): for a training whose end is not known.</summary>
    InverseSquareRoot,

    /// <summary>Straight to zero.</summary>
    Linear,

    /// <summary>Not at all.</summary>
    Constant,
}
