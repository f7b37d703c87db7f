using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using static TorchAttention.Benchmarks.Cases.Inputs;
using static TorchSharp.torch;

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
        Forward("plain", default(NoModification), 0.8),
        ForwardBackward("plain", default(NoModification), 0.9),
        AgainstDefaults(Forward("plain", default(NoModification), 0.5)),
        AgainstDefaults(ForwardBackward("plain", default(NoModification), 0.6)),
        Forward("plain, l = 256", default(NoModification), 1.0, l: 256),
        Forward("plain, l = 1,024", default(NoModification), 1.0, l: 1024),
        .. Both("ALiBi", new AlibiModification([.. Enumerable.Range(1, (int)Heads).Select(n => Math.Pow(2, -n))])),
        .. Both("softcap", new SoftcapModification(30)),
        .. Learned("relative table", [Heads, 129], table => new RelativeModification(table), 1.0, 1.2),
        .. Learned("a user's own, with a learned number per head", [Heads], strengths => new NearnessModification(strengths), 1.1, 1.2),
        Forward("sink", default(NoModification), 1.0, () => new FlexOptions { Sink = Normal(Heads) }),
        ForwardBackward("sink", default(NoModification), 1.2, () => new FlexOptions { Sink = Normal(gradients: true, Heads) }),
        Forward("causal", new CausalModification(), 0.8) with
        {
            Baseline = "raw SDPA, causal",
            Prepare = () =>
            {
                var inputs = Random(1, Heads, Length, Size);
                return new(
                    Inputs.Forward(() => Attend(inputs, new CausalModification())), Inputs.Forward(() => inputs.Raw(causal: true)),
                    2.0 * Heads * Length * Length * Size);
            },
        },
        ForwardBackward("dropout 0.1", default(NoModification), 1.2, () => new FlexOptions { Dropout = 0.1 }) with
        {
            Baseline = "raw SDPA without dropout",
            Slow = false,
        },
        new(Group, "value size 48, forward", "raw SDPA at 64", () =>
        {
            var (inputs, plain) = (Random(1, Heads, Length, Size, e: 48), Random(1, Heads, Length, Size));
            return new(Inputs.Forward(() => Attend(inputs, default(NoModification))), Inputs.Forward(() => plain.Raw()));
        }) { Target = 0.8 },
        new(Group, "all weights, l = 2,048, forward", "raw SDPA without weights", () =>
        {
            var inputs = Random(1, Heads, 2048, Size);
            return new(
                Inputs.Forward(() => FlexAttention.AttendInFull(inputs.Query, inputs.Key, inputs.Value, default(NoModification)).Weights),
                Inputs.Forward(() => inputs.Raw()));
        }) { Target = 1.3 },
        new(Group, "hard, forward", "raw SDPA", () =>
        {
            var inputs = Random(1, Heads, Length, Size);
            return new(
                Inputs.Forward(() => FlexAttention.Choose(inputs.Query, inputs.Key, inputs.Value, default(NoModification)).Context),
                Inputs.Forward(() => inputs.Raw()));
        }) { Target = 0.5 },
        Windowed(gradients: false) with { Target = 1.3 }, Windowed(gradients: true) with { Target = 1.5, Slow = true },
        Decoding(24), Decoding(4096),
    ];

    /// <summary>Bytes above the inputs: the context, the packed keys, and two megabytes for each thread.</summary>
    private static double Memory(long l) => 2 * Heads * l * Size * sizeof(float) + get_num_threads() * (2 << 20);

    private static Tensor Attend<TModification>(Inputs inputs, TModification modification, FlexOptions? options = null)
        where TModification : struct, IScoreModification =>
        FlexAttention.Attend(inputs.Query, inputs.Key, inputs.Value, modification, options);

    private static Case Forward<TModification>(
        string name, TModification modification, double target, Func<FlexOptions>? options = null, long l = Length)
        where TModification : struct, IScoreModification => new(Group, $"{name}, forward", "raw SDPA, plain", () =>
        {
            var (inputs, given) = (Random(1, Heads, l, Size), options?.Invoke());
            return new(
                Inputs.Forward(() => Attend(inputs, modification, given)), Inputs.Forward(() => inputs.Raw()), 4.0 * Heads * l * l * Size);
        })
        { Target = target, MemoryTarget = Memory(l) };

    /// <summary>Seven products of l · l · d: two forward, five backward.</summary>
    private static Case ForwardBackward<TModification>(
        string name, TModification modification, double target, Func<FlexOptions>? options = null, Tensor? learned = null)
        where TModification : struct, IScoreModification => new(Group, $"{name}, forward and backward", "raw SDPA, plain", () =>
        {
            var (inputs, given) = (Random(1, Heads, Length, Size, gradients: true), options?.Invoke());
            Tensor[] leaves = [.. inputs.Leaves, .. new[] { learned, given?.Sink }.OfType<Tensor>()];
            return new(
                Inputs.ForwardBackward(() => Attend(inputs, modification, given), leaves),
                Inputs.ForwardBackward(() => inputs.Raw(), inputs.Leaves), 14.0 * Heads * Length * Length * Size);
        })
        { Target = target, Slow = true };

    private static IEnumerable<Case> Both<TModification>(string name, TModification modification)
        where TModification : struct, IScoreModification =>
        [Forward(name, modification, 1.0), ForwardBackward(name, modification, 1.2)];

    private static IEnumerable<Case> Learned<TModification>(
        string name, long[] shape, Func<Tensor, TModification> create, double forward, double both)
        where TModification : struct, IScoreModification
    {
        var numbers = Normal(gradients: true, shape);
        return [Forward(name, create(numbers), forward), ForwardBackward(name, create(numbers), both, learned: numbers)];
    }

    private static Case AgainstDefaults(Case @case) => @case with
    {
        BaselineUntuned = true,
        Name = $"{@case.Name}, tuned",
        Baseline = "raw SDPA with libtorch's defaults",
    };

    /// <summary>Plain attention of as many pairs: 2,899² are the 16,384 · 513 of the window.</summary>
    private static Case Windowed(bool gradients)
    {
        var name = gradients ? "forward and backward" : "forward";
        return new(Group, $"window 256 + 256, l = 16,384, {name}", "the plain kernel on as many pairs, l = 2,899", () =>
        {
            var (inputs, plain) = (Random(1, Heads, 16_384, Size, gradients: gradients), Random(1, Heads, 2899, Size, gradients: gradients));
            var window = new WindowModification(256, 256);
            return gradients
                ? new(
                    Inputs.ForwardBackward(() => Attend(inputs, window), inputs.Leaves),
                    Inputs.ForwardBackward(() => Attend(plain, default(NoModification)), plain.Leaves))
                : new(Inputs.Forward(() => Attend(inputs, window)), Inputs.Forward(() => Attend(plain, default(NoModification))));
        });
    }

    private static Case Decoding(long s) => new(Group, $"one decoder step, b 32, l 1, s {s:N0}", "raw SDPA", () =>
    {
        var inputs = Random(32, Heads, 1, Size, s: s);
        return new(Inputs.Forward(() => Attend(inputs, default(NoModification))), Inputs.Forward(() => inputs.Raw()));
    })
    { Target = 1.0 };
}
