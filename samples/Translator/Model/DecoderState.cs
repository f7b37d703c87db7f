using TorchSharp;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>What the decoder's two recurrent layers remember, each (1, b, d).</summary>
public sealed record DecoderState(Tensor Reader, Tensor Writer) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }

    internal DecoderState MoveToOuterDisposeScope()
    {
        Reader.MoveToOuterDisposeScope();
        Writer.MoveToOuterDisposeScope();
        return this;
    }
}
