using TorchSharp;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>What the decoder's two recurrent layers remember, each (1, b, d).</summary>
internal sealed record RecurrentState(Tensor Reader, Tensor Writer) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }

    /// <summary>What they remember of some sentences, in the order given: a state of its own.</summary>
    public RecurrentState Select(Tensor sentences) => new(Reader.index_select(1, sentences), Writer.index_select(1, sentences));

    internal RecurrentState MoveToOuterDisposeScope()
    {
        Reader.MoveToOuterDisposeScope();
        Writer.MoveToOuterDisposeScope();
        return this;
    }
}
