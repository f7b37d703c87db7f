namespace Translator.Training;

/// <summary>What makes a model better than another.</summary>
public enum Criterion
{
    /// <summary>The higher BLEU of its translations; of equals the lower loss.</summary>
    Bleu,

    /// <summary>The lower loss.</summary>
    Loss,
}
