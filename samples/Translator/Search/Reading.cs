using TorchAttention;
using Translator.Batching;
using Translator.Model;
using Translator.Text;
using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>The translation model as a search knows it: its state is what it has read and what its decoder remembers.</summary>
internal sealed record Reading(AttentionMemory Memory, DecoderState State) : IDisposable
{
    /// <summary>The state before the first word.</summary>
    public static Reading Start(TranslationModel model, Batch batch)
    {
        var (memory, state) = model.Encode(batch);
        return new Reading(memory, state);
    }

    /// <summary>How a search steps through the model.</summary>
    public static SearchModel<Reading> Model(TranslationModel model, Device device) => new(
        (words, reading) => reading.Step(model, words), (reading, rows) => reading.Select(rows),
        SpecialTokens.BeginId, SpecialTokens.EndId, device);

    /// <inheritdoc/>
    public void Dispose()
    {
        Memory.Dispose();
        State.Dispose();
    }

    private (Tensor LogProbabilities, Tensor Weights, Reading State) Step(TranslationModel model, Tensor words)
    {
        var (logProbabilities, weights, next) = model.Step(words, Memory, State);
        State.Dispose();
        return (logProbabilities, weights, this with { State = next });
    }

    private Reading Select(Tensor rows)
    {
        using (this)
            return new Reading(Memory.Select(rows), State.Select(rows));
    }
}
