using TorchAttention.Benchmarks.Measuring;
using static TorchAttention.Benchmarks.Cases.Inputs;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>The kernel in C# under many modifications; b 1, h 8, d 64, l = 4,096 unless the name says otherwise.</summary>
internal static class Flexible
{
    private const string Group = "FlexAttention";
    private const long Length = 4096;
    private const long Heads = 8;
    private const long Size = 64;

    internal static IEnumerable<Case> All =>
    [
        .. Of("plain", default(NoModification), 0.8, 0.9),
        .. Of("plain, l = 256", default(NoModification), 1.0, l: 256),
        .. Of("plain, l = 1,024", default(NoModification), 1.0, l: 1024),
        .. Of("ALiBi", new AlibiModification([.. Enumerable.Range(1, (int)Heads).Select(n => Math.Pow(2, -n))]), 1.0, 1.2),
        .. Of("softcap", new SoftcapModification(30), 1.0, 1.2),
        .. Of("relative table", new RelativeModification(Normal(Heads, 129)), 1.0, 1.2),
        new Case(Group, "causal, forward", "raw SDPA, causal", () =>
        {
            var inputs = Random(1, Heads, Length, Size);
            return new(
                Forward(() => FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, new CausalModification())),
                Forward(() => inputs.Raw(causal: true)), 2.0 * Heads * Length * Length * Size);
        }) { Target = 0.8 },
        new Case(Group, "dropout 0.1, forward and backward", "raw SDPA without dropout", () =>
        {
            var inputs = Random(1, Heads, Length, Size, gradients: true);
            var options = new FlexOptions { Dropout = 0.1 };
            return new(
                ForwardBackward(() => FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, default(NoModification), options), inputs.Leaves),
                ForwardBackward(() => inputs.Raw(), inputs.Leaves));
        }) { Target = 1.2 },
        new Case(Group, "sink, forward", "raw SDPA, plain", () =>
        {
            var (inputs, options) = (Random(1, Heads, Length, Size), new FlexOptions { Sink = Normal(Heads) });
            return new(
                Forward(() => FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, default(NoModification), options)),
                Forward(() => inputs.Raw()));
        }) { Target = 1.0 },
        new Case(Group, "value size 48, forward", "raw SDPA at 64", () =>
        {
            var (inputs, plain) = (Random(1, Heads, Length, Size, e: 48), Random(1, Heads, Length, Size));
            return new(
                Forward(() => FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, default(NoModification))), Forward(() => plain.Raw()));
        }) { Target = 0.8 },
        new Case(Group, "all weights, l = 2,048, forward", "raw SDPA without weights", () =>
        {
            var inputs = Random(1, Heads, 2048, Size);
            return new(
                Forward(() => FlexAttention.AttendInFull(inputs.Query, inputs.Key, inputs.Value, default(NoModification)).Weights),
                Forward(() => inputs.Raw()));
        }) { Target = 1.3 },
        new Case(Group, "hard, forward", "raw SDPA", () =>
        {
            var inputs = Random(1, Heads, Length, Size);
            return new(
                Forward(() => FlexAttention.Choose(inputs.Query, inputs.Key, inputs.Value, default(NoModification)).Context),
                Forward(() => inputs.Raw()));
        }) { Target = 0.5 },
        Decoding(24), Decoding(4096),
    ];

    /// <summary>Forward alone, and with a target for both also forward and backward.</summary>
    private static IEnumerable<Case> Of<TModification>(
        string name, TModification modification, double forward, double? both = null, long l = Length)
        where TModification : struct, IScoreModification
    {
        yield return new(Group, $"{name}, forward", "raw SDPA, plain", () =>
        {
            var inputs = Random(1, Heads, l, Size);
            return new(
                Forward(() => FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, modification)), Forward(() => inputs.Raw()),
                4.0 * Heads * l * l * Size);
        })
        { Target = forward };
        if (both is null) yield break;
        yield return new(Group, $"{name}, forward and backward", "raw SDPA, plain", () =>
        {
            var inputs = Random(1, Heads, l, Size, gradients: true);
            return new(
                ForwardBackward(() => FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, modification), inputs.Leaves),
                ForwardBackward(() => inputs.Raw(), inputs.Leaves));
        })
        { Target = both, Slow = true };
    }

    private static Case Decoding(long s) => new(Group, $"one decoder step, b 32, l 1, s {s:N0}", "raw SDPA", () =>
    {
        var inputs = Random(32, Heads, 1, Size, s: s);
        return new(
            Forward(() => FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, default(NoModification))), Forward(() => inputs.Raw()));
    })
    { Target = 1.0 };
}
