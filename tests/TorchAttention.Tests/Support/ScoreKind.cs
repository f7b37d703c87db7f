using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// A score with its formula twice: for one pair in plain C# (the oracle's), and written out in torch (the naive computation that
/// sets the error budget). Both read the parameters by their names in the state_dict.
/// </summary>
internal sealed record ScoreKind(
    string Name, long QueryDim, long KeyDim, Func<Score> Create,
    Func<Func<string, Grid>, PairScore> Pair, Func<Func<string, Tensor>, Tensor, Tensor, Tensor> Naive)
{
    private const double CosineScale = 3;
    private const double Cap = 5;

    internal static readonly ScoreKind Dot = new(
        "dot", Sizes.QueryDim, Sizes.QueryDim, () => new DotScore(),
        _ => Product,
        (_, query, key) => query.matmul(key.transpose(-2, -1)));

    internal static readonly ScoreKind Scaled = new(
        "scaled", Sizes.QueryDim, Sizes.QueryDim, () => new ScaledDotScore(Sizes.QueryDim),
        _ => (query, key) => Product(query, key) / Math.Sqrt(query.Length),
        (_, query, key) => query.matmul(key.transpose(-2, -1)).Over(Math.Sqrt(query.size(-1))));

    internal static readonly ScoreKind Cosine = new(
        "cosine", Sizes.QueryDim, Sizes.QueryDim, () => new CosineScore(CosineScale),
        _ => (query, key) => CosineScale * Product(query, key) / Math.Sqrt(Product(query, query) * Product(key, key)),
        (_, query, key) => query.matmul(key.transpose(-2, -1)).Times(CosineScale)
            / query.Squared().sum(-1, keepdim: true).sqrt() / key.Squared().sum(-1, keepdim: true).sqrt().transpose(-2, -1));

    internal static readonly ScoreKind Bilinear = new(
        "bilinear", Sizes.QueryDim, Sizes.KeyDim, () => new BilinearScore(Sizes.QueryDim, Sizes.KeyDim, bias: true),
        parameter =>
        {
            var (weight, bias) = (parameter("weight"), parameter("bias").Numbers[0]);
            return (query, key) =>
            {
                var sum = bias;
                for (var i = 0; i < query.Length; i++) sum += query[i] * Product(weight.Row([], i), key);
                return sum;
            };
        },
        (parameter, query, key) =>
            Numbers.Sum(query.matmul(parameter("weight")).matmul(key.transpose(-2, -1)), parameter("bias")));

    internal static readonly ScoreKind Additive = new(
        "additive", Sizes.QueryDim, Sizes.KeyDim, () => new AdditiveScore(Sizes.QueryDim, Sizes.KeyDim, Sizes.Hidden, bias: true),
        parameter => AdditivePair(parameter, parameter("energy.weight").Numbers),
        (parameter, query, key) => AdditiveNaive(parameter, parameter("energy.weight"), query, key));

    internal static readonly ScoreKind WeightNormalized = new(
        "weight-normalized", Sizes.QueryDim, Sizes.KeyDim, () => AdditiveScore.WeightNormalized(Sizes.QueryDim, Sizes.KeyDim, Sizes.Hidden),
        parameter =>
        {
            var (v, g) = (parameter("energy.weight").Numbers, parameter("gain").Numbers[0]);
            return AdditivePair(parameter, Array.ConvertAll(v, number => g * number / Math.Sqrt(Product(v, v))));
        },
        (parameter, query, key) =>
        {
            var v = parameter("energy.weight");
            return AdditiveNaive(parameter, v * parameter("gain") / v.Squared().sum().sqrt(), query, key);
        });

    /// <summary>The logarithm of the kernel of linear attention, which its softmax takes back.</summary>
    internal static readonly ScoreKind Features = new(
        "features", Sizes.QueryDim, Sizes.QueryDim, () => new FeatureScore(Sizes.QueryDim),
        _ => (query, key) =>
        {
            var sum = 0.0;
            for (var i = 0; i < query.Length; i++) sum += Feature(query[i]) * Feature(key[i]);
            return Math.Log(sum);
        },
        (_, query, key) => query.elu(1).Plus(1).matmul(key.elu(1).Plus(1).transpose(-2, -1)).log());

    internal static readonly ScoreKind Softcap = new(
        "softcap", Sizes.QueryDim, Sizes.KeyDim, () => new SoftcapScore(Bilinear.Create(), Cap),
        parameter =>
        {
            var inner = Bilinear.Pair(name => parameter("inner." + name));
            return (query, key) => Cap * Math.Tanh(inner(query, key) / Cap);
        },
        (parameter, query, key) => Bilinear.Naive(name => parameter("inner." + name), query, key).Over(Cap).tanh().Times(Cap));

    internal static readonly IReadOnlyList<ScoreKind> All = [Dot, Scaled, Cosine, Bilinear, Additive, WeightNormalized, Softcap];

    public override string ToString() => Name;

    private static double Feature(double x) => x > 0 ? x + 1 : Math.Exp(x);

    internal static double Product(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    private static PairScore AdditivePair(Func<string, Grid> parameter, double[] v)
    {
        var (w, b, u) = (parameter("query_projection.weight"), parameter("query_projection.bias"), parameter("key_projection.weight"));
        return (query, key) =>
        {
            var sum = 0.0;
            for (var n = 0; n < v.Length; n++)
                sum += v[n] * Math.Tanh(Product(w.Row([], n), query) + Product(u.Row([], n), key) + b.Numbers[n]);
            return sum;
        };
    }

    private static Tensor AdditiveNaive(Func<string, Tensor> parameter, Tensor v, Tensor query, Tensor key)
    {
        var rows = Numbers.Sum(query.matmul(parameter("query_projection.weight").t()), parameter("query_projection.bias"));
        var columns = key.matmul(parameter("key_projection.weight").t());
        return Numbers.Sum(rows.unsqueeze(-2), columns.unsqueeze(-3)).tanh().matmul(v.t()).squeeze(-1);
    }
}
