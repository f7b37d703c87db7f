using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>A modification for given sizes: the kernel compiled for it, and what it does told in float64.</summary>
internal abstract class FlexSubject
{
    /// <summary>What it does to a score, given the numbers of its parameters.</summary>
    internal required Func<double[], PairModified> Told { get; init; }

    /// <summary>Its learned numbers, a leaf, or null.</summary>
    internal Tensor? Parameters { get; init; }

    internal PairModified Modified => Told(Parameters is null ? [] : Grid.Of(Parameters).Numbers);

    internal abstract Tensor Attend(Tensor query, Tensor key, Tensor value, FlexOptions? options = null);

    internal abstract FlexOutput AttendInFull(Tensor query, Tensor key, Tensor value, FlexOptions? options = null);
}

/// <inheritdoc/>
internal sealed class FlexSubject<TModification>(TModification modification) : FlexSubject
    where TModification : struct, IScoreModification
{
    internal override Tensor Attend(Tensor query, Tensor key, Tensor value, FlexOptions? options = null) =>
        FlexAttention.Attend(query, key, value, modification, options);

    internal override FlexOutput AttendInFull(Tensor query, Tensor key, Tensor value, FlexOptions? options = null) =>
        FlexAttention.AttendInFull(query, key, value, modification, options);
}

/// <summary>Every modification that is tested, by name.</summary>
internal static class FlexKind
{
    private const double Masked = double.NegativeInfinity;

    private static readonly Dictionary<string, Func<FlexSizes, Data, FlexSubject>> All = new()
    {
        ["none"] = (_, _) => Of(new NoModification(), (score, _, _, _, _) => score),
        ["causal"] = (sizes, _) => Of(new CausalModification(), (score, _, _, i, j) => j <= Position(sizes, i) ? score : Masked),
        ["causal top-left"] = (_, _) => Of(new CausalModification(fromTop: true), (score, _, _, i, j) => j <= i ? score : Masked),
        ["window"] = (sizes, _) => Of(
            new WindowModification(5, 2), (score, _, _, i, j) => j - Position(sizes, i) is >= -5 and <= 2 ? score : Masked),
        ["wide window"] = (sizes, _) => Of(
            new WindowModification(120, 3), (score, _, _, i, j) => j - Position(sizes, i) is >= -120 and <= 3 ? score : Masked),
        ["alibi"] = Alibi,
        ["softcap"] = (_, _) => Of(new SoftcapModification(1.7), (score, _, _, _, _) => 1.7 * Math.Tanh(score / 1.7)),
        ["relative"] = Relative,
        ["shared relative"] = SharedRelative,
        ["padding"] = Padding,
        ["documents"] = Documents,
        ["allow"] = (sizes, data) => Allow(data.Bool(0.6, sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys)),
        ["allow some keys"] = (sizes, data) => Allow(data.Bool(0.6, sizes.Batch, 1, 1, sizes.Keys)),
        ["allow some rows"] = (sizes, data) => Allow(data.Bool(0.6, sizes.Queries, 1)),
        ["softcap of relative, causal"] = Composed,
        ["own: gain"] = Own,
    };

    internal static IReadOnlyList<string> Names { get; } = [.. All.Keys];

    internal static FlexSubject Of(string name, FlexSizes sizes, Data data) => All[name](sizes, data);

    private static FlexSubject<T> Of<T>(T modification, PairModified modified)
        where T : struct, IScoreModification => new(modification) { Told = _ => modified };

    private static long Position(FlexSizes sizes, long i) => i + sizes.Keys - sizes.Queries;

    private static FlexSubject Alibi(FlexSizes sizes, Data data)
    {
        var slopes = Enumerable.Range(1, sizes.Heads).Select(h => Math.Pow(2, -h)).ToArray();
        return Of(new AlibiModification(slopes), (score, _, h, i, j) => score - slopes[h] * Math.Abs(j - Position(sizes, i)));
    }

    private static FlexSubject Relative(FlexSizes sizes, Data data)
    {
        var table = data.Normal(ScalarType.Float32, sizes.Heads, 41).requires_grad_();
        return new FlexSubject<RelativeModification>(new RelativeModification(table))
        {
            Parameters = table,
            Told = numbers => (score, _, h, i, j) => score + numbers[h * 41 + Math.Clamp(j - Position(sizes, i), -20, 20) + 20],
        };
    }

    private static FlexSubject SharedRelative(FlexSizes sizes, Data data)
    {
        var table = data.Normal(ScalarType.Float32, 7).requires_grad_();
        return new FlexSubject<RelativeModification>(new RelativeModification(table))
        {
            Parameters = table,
            Told = numbers => (score, _, _, i, j) => score + numbers[Math.Clamp(j - Position(sizes, i), -3, 3) + 3],
        };
    }

    private static FlexSubject Padding(FlexSizes sizes, Data data)
    {
        var lengths = Enumerable.Range(0, sizes.Batch).Select(b => b == 0 ? (sizes.Keys + 1) / 2L : 0).ToArray();
        return Of(new PaddingModification(lengths), (score, b, _, _, j) => j < lengths[b] ? score : Masked);
    }

    private static FlexSubject Documents(FlexSizes sizes, Data data)
    {
        var segments = new long[sizes.Batch, sizes.Keys];
        for (var b = 0; b < sizes.Batch; b++)
            for (var j = 1; j < sizes.Keys; j++) segments[b, j] = j % 50 == 49 ? -1 : segments[b, Math.Max(0, j - 2)] + (data.Next(20) == 0 ? 1 : 0);
        return Of(new DocumentsModification(tensor(segments)), (score, b, _, i, j) =>
        {
            var p = Position(sizes, i);
            return p >= 0 && segments[b, p] >= 0 && segments[b, p] == segments[b, j] ? score : Masked;
        });
    }

    private static FlexSubject Allow(Tensor allowed)
    {
        var table = Grid.Of(allowed.reshape([.. Enumerable.Repeat(1L, 4 - (int)allowed.dim()), .. allowed.shape]));
        return Of(new AllowModification(allowed), (score, b, h, i, j) =>
        {
            var row = table.Row([b, h], i);
            return row[row.Length == 1 ? 0 : (int)j] != 0 ? score : Masked;
        });
    }

    private static FlexSubject Composed(FlexSizes sizes, Data data)
    {
        var table = data.Normal(ScalarType.Float32, sizes.Heads, 41).requires_grad_();
        var both = new Both<RelativeModification, SoftcapModification>(new RelativeModification(table), new SoftcapModification(2));
        return new FlexSubject<Both<Both<RelativeModification, SoftcapModification>, CausalModification>>(new(both, new CausalModification()))
        {
            Parameters = table,
            Told = numbers => (score, _, h, i, j) => j <= Position(sizes, i)
                ? 2 * Math.Tanh((score + numbers[h * 41 + Math.Clamp(j - Position(sizes, i), -20, 20) + 20]) / 2)
                : Masked,
        };
    }

    private static FlexSubject Own(FlexSizes sizes, Data data)
    {
        var gains = data.Normal(ScalarType.Float32, sizes.Heads).requires_grad_();
        return new FlexSubject<GainModification>(new GainModification(gains))
        {
            Parameters = gains,
            Told = numbers => (score, _, h, _, j) => score * numbers[h] + j / 64.0,
        };
    }
}
