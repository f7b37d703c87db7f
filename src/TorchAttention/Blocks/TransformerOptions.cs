namespace TorchAttention;

/// <summary>What the layers of a Transformer are made of. The defaults are those of Vaswani et al. (2017), without dropout.</summary>
/// <exception cref="ArgumentException">A value is out of range; the message names the property.</exception>
public sealed record TransformerOptions
{
    /// <summary>The size of a vector, in and out.</summary>
    public required long EmbedDim
    {
        get;
        init => field = Guard.Size(value, nameof(EmbedDim));
    }

    /// <summary>The number of heads, which divides <see cref="EmbedDim"/>.</summary>
    public required long NumHeads
    {
        get;
        init => field = Guard.Size(value, nameof(NumHeads));
    }

    /// <summary>The number of heads for keys and values in self-attention, which divides <see cref="NumHeads"/>; null for as many.</summary>
    public long? KeyValueHeads
    {
        get;
        init => field = Guard.Size(value, nameof(KeyValueHeads));
    }

    /// <summary>The size of the hidden layer in the feed-forward networks; null for 4 · <see cref="EmbedDim"/>.</summary>
    public long? FeedForwardDim
    {
        get;
        init => field = Guard.Size(value, nameof(FeedForwardDim));
    }

    /// <summary>
    /// The probability with which, in training, a number is dropped: of every sublayer's output, of the hidden layer, and of the
    /// attention weights where no factory makes the attention.
    /// </summary>
    public double Dropout
    {
        get;
        init => field = Guard.Probability(value, nameof(Dropout));
    }

    /// <summary>
    /// Whether each sublayer normalizes its input, x + f(norm(x)), rather than its sum, norm(x + f(x)). Source: Xiong et al. (2020).
    /// </summary>
    public bool PreNorm { get; init; }

    /// <summary>How vectors are normalized.</summary>
    public NormKind Norm
    {
        get;
        init => field = Guard.Defined(value, nameof(Norm));
    }

    /// <summary>What keeps the norms from a division by zero.</summary>
    public double Epsilon
    {
        get;
        init => field = Guard.Positive(value, nameof(Epsilon));
    } = 1e-5;

    /// <summary>The nonlinearity of the feed-forward networks.</summary>
    public Activation Activation
    {
        get;
        init => field = Guard.Defined(value, nameof(Activation));
    }

    /// <summary>Whether the feed-forward networks are gated; see <see cref="FeedForward"/>.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether projections and layer norms have a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Makes the rotary positions of each self-attention; null for none.</summary>
    public Func<RotaryEmbedding>? Rotary { get; init; }

    /// <summary>
    /// Makes the attention inside the heads of each self-attention, for vectors of size <see cref="HeadDim"/>; null for
    /// <see cref="ScaledDotProductAttention"/>.
    /// </summary>
    public Func<Attention>? SelfAttention { get; init; }

    /// <summary>The same for the attention of a decoder to its memory.</summary>
    public Func<Attention>? CrossAttention { get; init; }

    /// <summary>The size of a query, key or value in a head.</summary>
    public long HeadDim => EmbedDim / NumHeads;
}
