namespace Translator.Training;

/// <summary>The numbers that a training step is computed with.</summary>
public enum Precision
{
    /// <summary>Of 24 bits.</summary>
    Float32,

    /// <summary>Of 8 bits, where the CPU multiplies those faster; sums, softmax, norms and loss stay in float32. See <see cref="Learner"/>.</summary>
    BFloat16,
}
