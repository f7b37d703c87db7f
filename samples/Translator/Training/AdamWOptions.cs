namespace Translator.Training;

/// <summary>How <see cref="AdamW"/> remembers and decays; the defaults are the paper's, without decay.</summary>
public sealed record AdamWOptions
{
    /// <summary>How much of the gradients' running mean a step keeps.</summary>
    public double MeanDecay { get; init; } = 0.9;

    /// <summary>How much of the squares' running mean a step keeps; 0.98 is what Transformers are trained with.</summary>
    public double SquareDecay { get; init; } = 0.999;

    /// <summary>Added to the root of the squares' mean, so that nothing is divided by zero.</summary>
    public double Floor { get; init; } = 1e-8;

    /// <summary>How much of a weight a step takes away, per learning rate; of matrices alone, not of biases and norms.</summary>
    public double WeightDecay { get; init; }
}
