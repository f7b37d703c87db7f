namespace TorchAttention;

/// <summary>How the blocks of a Transformer normalize a vector.</summary>
public enum NormKind
{
    /// <summary>Mean zero and variance one, then a learned scale and shift. Source: Ba, Kiros and Hinton (2016).</summary>
    Layer,

    /// <summary><see cref="RMSNorm"/>: root mean square one, then a learned scale.</summary>
    RMS,
}
