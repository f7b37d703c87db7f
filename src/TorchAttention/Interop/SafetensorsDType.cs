using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A dtype that both the safetensors format and torch have, by the format's name for it.</summary>
internal sealed record SafetensorsDType(string Name, ScalarType DType, int Size)
{
    /// <summary>In the order in which tensors are written: the widest first, so that all are aligned.</summary>
    private static readonly SafetensorsDType[] All =
    [
        new("I64", ScalarType.Int64, 8), new("F64", ScalarType.Float64, 8),
        new("F32", ScalarType.Float32, 4), new("I32", ScalarType.Int32, 4),
        new("BF16", ScalarType.BFloat16, 2), new("F16", ScalarType.Float16, 2), new("I16", ScalarType.Int16, 2),
        new("I8", ScalarType.Int8, 1), new("U8", ScalarType.Byte, 1), new("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The place in the order of writing.</summary>
    internal int Rank => Array.IndexOf(All, this);

    internal static SafetensorsDType? Of(string name) => Array.Find(All, dtype => dtype.Name == name);

    internal static SafetensorsDType? Of(ScalarType type) => Array.Find(All, dtype => dtype.DType == type);
}
