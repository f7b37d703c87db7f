namespace TorchAttention;

/// <summary>Which numbers of a vector <see cref="RotaryEmbedding"/> turns together.</summary>
public enum RotaryLayout
{
    /// <summary>Neighbours: (x₀, x₁), (x₂, x₃), … as in the paper.</summary>
    Interleaved,

    /// <summary>One from each half: (x₀, x_{dim/2}), (x₁, x_{dim/2+1}), … as in GPT-NeoX and LLaMA's converted weights.</summary>
    Halves,
}
