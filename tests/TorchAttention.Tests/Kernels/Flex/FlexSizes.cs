using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>b, g heads of the key, how many query heads share one, l, s, d, e.</summary>
internal sealed record FlexSizes(int Batch, int KeyHeads, int Shared, int Queries, int Keys, int Depth, int ValueSize)
{
    internal int Heads => KeyHeads * Shared;

    internal static FlexSizes Random(Data data) => new(
        data.Pick([1, 2]), data.Pick([1, 2, 3]), data.Pick([1, 1, 2]), data.Pick([1, 2, 5, 7, 13, 97, 131]), data.Pick([3, 7, 31, 97, 131, 199]),
        data.Pick([8, 11, 32, 48, 64]), data.Pick([1, 8, 16, 23, 48, 64]));

    /// <summary>Small enough for a machine without vectors, with every edge of wide ones.</summary>
    internal static FlexSizes Small(Data data) => new(
        2, 1, data.Pick([1, 2]), data.Pick([1, 5, 13]), data.Pick([3, 17, 37]), data.Pick([8, 11]), data.Pick([8, 23]));

    internal (Tensor Query, Tensor Key, Tensor Value) Inputs(Data data, ScalarType dtype = ScalarType.Float32) => (
        data.Normal(dtype, Batch, Heads, Queries, Depth), data.Normal(dtype, Batch, KeyHeads, Keys, Depth),
        data.Normal(dtype, Batch, KeyHeads, Keys, ValueSize));
}
