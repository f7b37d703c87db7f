using TorchAttention;

namespace Translator.Model;

/// <summary>The attentions that the decoder can use, by name.</summary>
public static class AttentionKind
{
    /// <summary>The scale that lets a softmax over cosines get sharp: they differ by 2 at most.</summary>
    private const double CosineScale = 10;

    /// <summary>How far Luong's local-p looks to either side of the place it predicts.</summary>
    private const long HalfWidth = 3;

    private static readonly Dictionary<string, Func<long, Attention>> Kinds = new()
    {
        ["scaled-dot"] = dim => new ScaledDotProductAttention(dim, dim, dim),
        ["additive"] = dim => new SoftAttention(new AdditiveScore(dim, dim, dim)),
        ["general"] = dim => new SoftAttention(new BilinearScore(dim, dim)),
        ["cosine"] = dim => new SoftAttention(new CosineScore(CosineScale)),
        ["hard"] = dim => new HardAttention(dim, dim, dim),
        ["local"] = dim => new PredictiveLocalAttention(dim, dim, dim, HalfWidth, dim),
    };

    /// <summary>
    /// Whether a score has a matrix between query and key: a projection of the keys before it would make it a product of two
    /// matrices, which is learnt much more slowly.
    /// </summary>
    public static bool IsBilinear(string name) => name == "general";

    /// <summary>The names, in the order in which they are shown.</summary>
    public static IReadOnlyCollection<string> Names => Kinds.Keys;

    /// <summary>Creates the attention of that name for queries, keys and values of size <paramref name="dim"/>.</summary>
    public static Attention Create(string name, long dim) => Kinds.TryGetValue(name, out var create)
        ? create(dim)
        : throw new ArgumentException($"unknown attention '{name}'; known are {string.Join(", ", Names)}", nameof(name));
}
