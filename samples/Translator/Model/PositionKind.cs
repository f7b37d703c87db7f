namespace Translator.Model;

/// <summary>How a Transformer knows where a word stands.</summary>
public enum PositionKind
{
    /// <summary>Fixed waves are added to the word vectors (Vaswani et al., 2017).</summary>
    Sinusoidal,

    /// <summary>Learnt vectors are added to the word vectors (Gehring et al., 2017); sentences have a greatest length.</summary>
    Learned,

    /// <summary>Queries and keys of self-attention are turned by their positions (Su et al., 2021).</summary>
    Rotary,
}
