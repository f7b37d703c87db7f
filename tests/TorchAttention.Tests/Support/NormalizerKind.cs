using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// A normalizer with its meaning twice: for one row of scores in plain C# (<see cref="RowOracle"/>), and written out in torch
/// (<see cref="NaiveNormalizer"/>). Both read the parameters by their names in the state_dict. An absent entry is minus infinity; a
/// row of nothing but those becomes zero.
/// </summary>
internal sealed record NormalizerKind(
    string Name, Func<Normalizer> Create,
    Func<Func<string, Grid>, Func<double[], double[]>> Row, Func<Func<string, Tensor>, Tensor, Tensor> Naive)
{
    internal const long K = 3;

    private const double Sparser = 2.25;

    internal static readonly NormalizerKind Softmax = new(
        "softmax", () => new Softmax(), _ => RowOracle.Softmax, (_, scores) => scores.softmax(-1));

    internal static readonly NormalizerKind Sparsemax = new(
        "sparsemax", () => new Sparsemax(), _ => RowOracle.Sparsemax, (_, scores) => NaiveNormalizer.Sparsemax(scores))
    { Traits = Traits.Kinked };

    internal static readonly NormalizerKind Entmax15 = new(
        "entmax-1.5", () => new Entmax15(), _ => row => RowOracle.Entmax(row, 1.5), (_, scores) => NaiveNormalizer.Entmax15(scores));

    internal static readonly NormalizerKind Sparse = new(
        "entmax-2.25", () => new Entmax(Sparser), _ => row => RowOracle.Entmax(row, Sparser),
        (_, scores) => NaiveNormalizer.Entmax(scores, tensor(Sparser, dtype: scores.dtype, device: CPU)))
    { Traits = Traits.Kinked };

    internal static readonly NormalizerKind Learnable = new(
        "entmax, learnable", () => new Entmax(1.3, learnable: true),
        parameter =>
        {
            var alpha = 1.01 + (0.99 / (1 + Math.Exp(-parameter("alpha_logit").Numbers[0])));
            return row => RowOracle.Entmax(row, alpha);
        },
        (parameter, scores) => NaiveNormalizer.Entmax(scores, parameter("alpha_logit").sigmoid().Times(0.99).Plus(1.01)));

    internal static readonly NormalizerKind TopK = new(
        "top-k", () => new TopK(K), _ => row => RowOracle.TopK(row, K), (_, scores) => NaiveNormalizer.TopK(scores, K))
    { Traits = Traits.Kinked | Traits.Jumps };

    internal static readonly NormalizerKind Sink = OfSink("sink", Softmax);

    internal static readonly NormalizerKind SparseSink = OfSink("sink of sparsemax", Sparsemax);

    internal static readonly NormalizerKind Argmax = new(
        "argmax", () => new StraightThrough(), _ => RowOracle.Argmax,
        (_, scores) => zeros_like(scores).scatter_(-1, scores.argmax(-1, keepdim: true), ones_like(scores)));

    /// <summary>Those of soft attention.</summary>
    internal static readonly IReadOnlyList<NormalizerKind> All =
        [Softmax, Sparsemax, Entmax15, Sparse, Learnable, TopK, Sink, SparseSink];

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(kind => kind.Name)];

    internal Traits Traits { get; init; }

    internal static NormalizerKind Of(string name) => All.Single(kind => kind.Name == name);

    public override string ToString() => Name;

    internal bool Is(Traits traits) => (Traits & traits) != 0;

    private static NormalizerKind OfSink(string name, NormalizerKind inner) => new(
        name, () => new AttentionSink(1, inner.Create()),
        parameter => row => inner.Row(parameter)([.. row, parameter("sinks").Numbers[0]])[..^1],
        (parameter, scores) =>
        {
            var sinks = parameter("sinks").expand([.. scores.shape[..^1], 1]);
            return inner.Naive(parameter, cat([scores, sinks], -1)).narrow(-1, 0, scores.size(-1));
        })
    { Traits = inner.Traits | Traits.Unnormalized | Traits.SeesShifts };
}
