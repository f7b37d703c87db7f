using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>One way for a mask or a bias not to fit the scores that it is used with: their shape is (…, l, s).</summary>
internal sealed record MaskMutation<T>(string Name, Func<Data, long[], T> Make)
{
    public override string ToString() => Name;
}

/// <summary>All such ways.</summary>
internal static class MaskMutations
{
    private static readonly Device Meta = new(DeviceType.META);

    internal static readonly IReadOnlyList<MaskMutation<AttentionMask>> Masks =
    [
        .. Shapes.Select(shape => new MaskMutation<AttentionMask>(shape.Name, (data, scores) => AttentionMask.Allow(data.Bool(0.5, shape.Of(scores))))),
        new("another device", (data, scores) => AttentionMask.Allow(data.Bool(0.5, scores).to(Meta))),
        new("disposed", (data, scores) => Disposed(data.Bool(0.5, scores), AttentionMask.Allow)),
        new("sparse", (data, scores) => new OwnMask(data.Bool(0.5, scores).to_sparse())),
        new("one length too many", (_, scores) => AttentionMask.Padding([.. Enumerable.Repeat(1L, (int)Batch(scores) + 1)])),
        new("one length too few", (_, scores) => AttentionMask.Padding([.. Enumerable.Repeat(1L, (int)Batch(scores) - 1)])),
        new("a length beyond the keys", (_, scores) => AttentionMask.Padding([.. Enumerable.Repeat(scores[^1] + 1, (int)Batch(scores))])),
        new("no bool", (data, scores) => new OwnMask(data.Normal(scores))),
        new("nothing", (_, _) => new OwnMask(null!)),
        new("joined with one that fits", (data, scores) => AttentionMask.Causal & AttentionMask.Allow(data.Bool(0.5, scores[^2], scores[^1] + 1))),
        new("joined with one that fits, first", (data, scores) => AttentionMask.Allow(data.Bool(0.5, scores[^2] + 1, scores[^1])) & AttentionMask.Window(1, 1)),
    ];

    internal static readonly IReadOnlyList<MaskMutation<AttentionBias>> Biases =
    [
        .. Shapes.Select(shape => new MaskMutation<AttentionBias>(shape.Name, (data, scores) => AttentionBias.Dense(data.Normal(ScalarType.Float32, shape.Of(scores))))),
        .. new[] { ScalarType.Float16, ScalarType.Bool, ScalarType.Int64, ScalarType.ComplexFloat32 }.Select(dtype =>
            new MaskMutation<AttentionBias>(dtype.ToString(), (data, scores) => AttentionBias.Dense(data.Normal(dtype, scores)))),
        new("another device", (data, scores) => AttentionBias.Dense(data.Normal(ScalarType.Float32, scores).to(Meta))),
        new("disposed", (data, scores) => Disposed(data.Normal(ScalarType.Float32, scores), AttentionBias.Dense)),
        new("sparse", (data, scores) => new OwnBias(data.Normal(ScalarType.Float32, scores).to_sparse())),
        new("nothing", (_, _) => new OwnBias(null!)),
    ];

    private static IEnumerable<(string Name, Func<long[], long[]> Of)> Shapes =>
    [
        ("one row too many", scores => [.. scores[..^2], scores[^2] + 1, scores[^1]]),
        ("one key too many", scores => [scores[^2], scores[^1] + 1]),
        ("one key too few", scores => [1, scores[^1] - 1]),
        ("one batch item too many", scores => [scores.Length > 2 ? scores[0] + 1 : 2, .. scores[Math.Min(1, scores.Length - 2)..]]),
        ("one dimension too many", scores => [1, .. scores]),
    ];

    private static long Batch(long[] scores) => scores.Length > 2 ? scores[0] : 1;

    private static T Disposed<T>(Tensor tensor, Func<Tensor, T> make)
    {
        var value = make(tensor);
        tensor.Dispose();
        return value;
    }

    /// <summary>A mask of a user's own that breaks its promise.</summary>
    private sealed class OwnMask(Tensor allowed) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape) => allowed;
    }

    private sealed class OwnBias(Tensor values) : AttentionBias
    {
        protected override Tensor Values(AttentionShape shape) => values;
    }
}
