using System.Numerics;
using TorchAttention;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>The attentions that the decoder can use, by name.</summary>
public static class AttentionKind
{
    /// <summary>The scale that lets a softmax over cosines get sharp: they differ by 2 at most.</summary>
    private const double CosineScale = 10;

    /// <summary>How far Luong's local-p looks to either side of the place it predicts.</summary>
    private const long HalfWidth = 3;

    /// <summary>How many heads share the size of a state: 8, or as many as divide it.</summary>
    private const long Heads = 8;

    /// <summary>How many words the monotonic attention weighs, up to the one that it has come to.</summary>
    private const long Chunk = 4;

    // A bilinear score is a matrix itself: behind a projection of the keys it is a product of two, which is learnt much more slowly.
    // Heads project the keys by themselves.
    private static readonly Dictionary<string, (Func<long, Attention> Create, bool ProjectsKeys)> Kinds = new()
    {
        ["scaled-dot"] = (dim => new ScaledDotProductAttention(dim, dim, dim), true),
        ["additive"] = (dim => new SoftAttention(new AdditiveScore(dim, dim, dim)), true),
        ["general"] = (dim => new SoftAttention(new BilinearScore(dim, dim)), false),
        ["cosine"] = (dim => new SoftAttention(new CosineScore(CosineScale)), true),
        ["sparsemax"] = (dim => new SoftAttention(new ScaledDotScore(dim), new Sparsemax()), true),
        ["entmax"] = (dim => new SoftAttention(new ScaledDotScore(dim), new Entmax15()), true),
        ["multi-head"] = (dim => new MultiHeadAttention(dim, (long)BigInteger.GreatestCommonDivisor(dim, Heads)), false),
        ["hard"] = (dim => new HardAttention(dim, dim, dim), true),
        ["local"] = (dim => new PredictiveLocalAttention(dim, dim, dim, HalfWidth, dim), true),
        ["linear"] = (dim => new LinearAttention(dim, dim, dim), true),
        ["monotonic"] = (dim => new MonotonicAttention(dim, dim, dim, Chunk), true),
    };

    /// <summary>The names, in the order in which they are shown.</summary>
    public static IReadOnlyCollection<string> Names => Kinds.Keys;

    /// <summary>Creates the attention of that name for queries, keys and values of size <paramref name="dim"/>.</summary>
    public static Attention Create(string name, long dim) => Find(name).Create(dim);

    /// <summary>Creates what turns the encoder's states into its keys: a linear map, or nothing where the score has one.</summary>
    public static nn.Module<Tensor, Tensor> CreateKeyProjection(string name, long dim) =>
        Find(name).ProjectsKeys ? nn.Linear(dim, dim, hasBias: false) : nn.Identity();

    /// <summary>Whether its weights are a distribution that a gradient can move.</summary>
    public static bool CanBeGuided(string name) => name != "hard";

    private static (Func<long, Attention> Create, bool ProjectsKeys) Find(string name) => Kinds.TryGetValue(name, out var kind)
        ? kind
        : throw new ArgumentException($"unknown attention '{name}'; known are {string.Join(", ", Names)}", nameof(name));
}
