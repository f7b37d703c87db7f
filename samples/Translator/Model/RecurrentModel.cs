using TorchAttention;
using Translator.Batching;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>A bidirectional GRU reads, a GRU with attention writes.</summary>
/// <remarks>After Bahdanau, Cho and Bengio (2015) and Luong, Pham and Manning (2015).</remarks>
public sealed class RecurrentModel : TranslationModel
{
    private readonly RecurrentEncoder encoder;
    private readonly RecurrentDecoder decoder;

    /// <summary>Creates a model with random weights.</summary>
    /// <exception cref="ArgumentException">The options have a fault.</exception>
    public RecurrentModel(RecurrentOptions options)
        : base(nameof(RecurrentModel), options)
    {
        encoder = new RecurrentEncoder(options);
        decoder = new RecurrentDecoder(options);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override TargetWriter Begin(Batch batch)
    {
        var (memory, state) = Encode(batch);
        return new Writer(this, memory, state);
    }

    private protected override (Tensor Output, Tensor? Weights) Write(Batch batch, bool needWeights)
    {
        var (memory, state) = Encode(batch);
        using (memory)
        using (state)
        {
            var (output, weights, next) = decoder.Read(batch.TargetInput!, memory, state);
            next.Dispose();
            return (output, weights);
        }
    }

    private protected override WordLayer WordLayer => decoder.WordLayer;

    /// <summary>What the attention looks at, and the state to start from.</summary>
    private (AttentionMemory Memory, RecurrentState State) Encode(Batch batch)
    {
        var (states, summary) = encoder.call(batch.Source, batch.SourceLengths);
        using (states)
        using (summary)
            return (decoder.Remember(states, batch.SourceLengths), decoder.Start(summary));
    }

    private sealed class Writer(RecurrentModel model, AttentionMemory memory, RecurrentState state) : TargetWriter
    {
        public override (Tensor LogProbabilities, Tensor Weights) Step(Tensor words)
        {
            using var scope = NewDisposeScope();
            var (output, weights, next) = model.decoder.Read(words.unsqueeze(1), memory, state);
            state.Dispose();
            state = next.MoveToOuterDisposeScope();
            return (
                model.WordLayer.Scores(output.squeeze(1)).log_softmax(-1).MoveToOuterDisposeScope(), weights.squeeze(1).MoveToOuterDisposeScope());
        }

        public override void Select(Tensor rows)
        {
            using var oldMemory = memory;
            using var oldState = state;
            memory = oldMemory.Select(rows);
            state = oldState.Select(rows);
        }

        public override void Dispose()
        {
            memory.Dispose();
            state.Dispose();
        }
    }
}
