using TorchSharp;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>What the decoder remembers of the words so far.</summary>
/// <param name="Reader">The state of the layer that reads them (1, b, d).</param>
/// <param name="Writer">The state of the layer that reads the attention's answers (1, b, d).</param>
/// <param name="Alignment">Where a monotonic attention stands (b, ·, s); null before the first word and for every other attention.</param>
internal sealed record RecurrentState(Tensor Reader, Tensor Writer, Tensor? Alignment = null) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
        Alignment?.Dispose();
    }

    /// <summary>What they remember of some sentences, in the order given: a state of its own.</summary>
    public RecurrentState Select(Tensor sentences) => new(
        Reader.index_select(1, sentences), Writer.index_select(1, sentences), Alignment?.index_select(0, sentences));

    internal RecurrentState MoveToOuterDisposeScope()
    {
        Reader.MoveToOuterDisposeScope();
        Writer.MoveToOuterDisposeScope();
        Alignment?.MoveToOuterDisposeScope();
        return this;
    }
}
