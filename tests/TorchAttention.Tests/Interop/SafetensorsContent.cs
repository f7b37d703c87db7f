using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>The bytes of a safetensors file, made by hand: any header before any data.</summary>
internal static class SafetensorsContent
{
    internal static byte[] Of(string header, int dataLength) => Of(Encoding.UTF8.GetBytes(header), new byte[dataLength]);

    internal static byte[] Of(byte[] header, byte[] data)
    {
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }

    /// <summary>The header of a file, as text.</summary>
    internal static string Header(byte[] file) =>
        Encoding.UTF8.GetString(file, sizeof(long), (int)BinaryPrimitives.ReadInt64LittleEndian(file));

    /// <summary>A tensor's numbers as bytes, row-major: equal bits and not only equal numbers, for NaN and -0.</summary>
    internal static byte[] Bits(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.numel() == 0 ? [] : tensor.detach().cpu().contiguous().bytes.ToArray();
    }
}
