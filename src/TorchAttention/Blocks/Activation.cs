namespace TorchAttention;

/// <summary>The nonlinearity of a <see cref="FeedForward"/>.</summary>
public enum Activation
{
    /// <summary>max(x, 0), as in Vaswani et al. (2017).</summary>
    ReLU,

    /// <summary>x Φ(x), exact. Source: Hendrycks and Gimpel (2016).</summary>
    GELU,

    /// <summary>x σ(x), also called swish. Source: Elfwing, Uchibe and Doya (2018).</summary>
    SiLU,
}
