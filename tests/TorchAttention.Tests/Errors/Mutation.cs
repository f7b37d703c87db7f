using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>One way to spoil a valid tensor of a call, and the arguments that may be blamed for it: "a|b" for a mismatch.</summary>
internal sealed record Mutation(string Name, Func<Tensor, Tensor?> Spoil, Func<string, string> Blamed)
{
    private const string Any = "query|key|value";

    private static readonly Device Meta = new(DeviceType.META);

    /// <summary>Wrong for query, key and value alike.</summary>
    internal static readonly IReadOnlyList<Mutation> All =
    [
        new("null", _ => null, Itself),
        new("disposed", Disposed, Itself),
        new("one dimension", tensor => tensor.reshape(-1), Itself),
        new("five dimensions", tensor => tensor.reshape([.. Enumerable.Repeat(1L, 5 - (int)tensor.dim()), .. tensor.shape]), Itself),
        new("no dimension", tensor => tensor.sum(), Itself),
        new("one dimension too many", tensor => tensor.unsqueeze(0), _ => Any),
        new("one dimension too few", tensor => tensor.dim() > 2 ? tensor[0] : tensor[0, 0], _ => Any),
        .. new[]
        {
            ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool, ScalarType.ComplexFloat32, ScalarType.ComplexFloat64,
            ScalarType.Float16,
        }.Select(dtype => new Mutation(dtype.ToString(), tensor => tensor.to(dtype), Itself)),
        new("another precision", tensor => tensor.to(tensor.dtype == ScalarType.Float32 ? ScalarType.Float64 : ScalarType.Float32), _ => Any),
        new("bfloat16", tensor => tensor.to(ScalarType.BFloat16), _ => Any),
        new("another device", tensor => tensor.to(Meta), _ => Any),
        new("sparse", tensor => tensor.to_sparse(), Itself),
        new("a batch that does not fit", tensor => tensor.dim() == 2 ? null : cat([tensor, tensor[TensorIndex.Slice(stop: 1)]], 0), _ => Any),
        new("one size too many", tensor => cat([tensor, tensor.narrow(-1, 0, 1)], -1), argument => argument == "value" ? "value" : "query|key"),
        new("one size too few", tensor => tensor.narrow(-1, 0, tensor.size(-1) - 1), argument => argument == "value" ? "value" : "query|key"),
        new("no size", tensor => tensor.narrow(-1, 0, 0), argument => argument == "value" ? "value" : "query|key"),
    ];

    /// <summary>Wrong for key and value, which need one length.</summary>
    internal static readonly IReadOnlyList<Mutation> Lengths =
    [
        new("one row too many", tensor => cat([tensor, tensor.narrow(-2, 0, 1)], -2), _ => "key|value"),
        new("one row too few", tensor => tensor.narrow(-2, 0, tensor.size(-2) - 1), _ => "key|value"),
    ];

    internal static IEnumerable<Mutation> For(string argument) => argument == "query" ? All : [.. All, .. Lengths];

    /// <summary>The inputs with one of them spoilt.</summary>
    internal Inputs Apply(Inputs inputs, string argument) => argument switch
    {
        "query" => inputs with { Query = Spoil(inputs.Query)! },
        "key" => inputs with { Key = Spoil(inputs.Key)! },
        _ => inputs with { Value = Spoil(inputs.Value)! },
    };

    /// <summary>A module without a fixed value size takes values of any size.</summary>
    internal bool IsWrong(Attention attention, string argument) => argument != "value" || attention.ValueDim is not null || !Name.Contains("size");

    private static string Itself(string argument) => argument;

    private static Tensor Disposed(Tensor tensor)
    {
        var copy = tensor.clone();
        copy.Dispose();
        return copy;
    }
}
