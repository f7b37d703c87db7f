using TorchAttention;
using TorchSharp;
using Translator.Batching;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>The encoder-decoder: a bidirectional GRU reads, a GRU with attention writes.</summary>
/// <remarks>After Bahdanau, Cho and Bengio (2015) and Luong, Pham and Manning (2015).</remarks>
public sealed class TranslationModel : nn.Module
{
    private readonly Encoder encoder;
    private readonly Decoder decoder;

    /// <summary>Creates a model with random weights.</summary>
    public TranslationModel(ModelOptions options)
        : base(nameof(TranslationModel))
    {
        Options = options;
        encoder = new Encoder(options);
        decoder = new Decoder(options);
        RegisterComponents();
    }

    /// <summary>What decided its shape.</summary>
    public ModelOptions Options { get; }

    /// <summary>Reads the sources of a batch: what the attention looks at, and the state to start from.</summary>
    public (AttentionMemory Memory, DecoderState State) Encode(Batch batch)
    {
        var (states, summary) = encoder.call(batch.Source, batch.SourceLengths);
        using (states)
        using (summary)
            return (decoder.Remember(states, batch.SourceLengths), decoder.Start(summary));
    }

    /// <summary>
    /// The mean loss over the target's words, in nats: cross-entropy under teacher forcing. The padding is left out before the
    /// output layer, the largest one, sees it.
    /// </summary>
    public Tensor Loss(Batch batch, double labelSmoothing = 0)
    {
        using var scope = NewDisposeScope();
        var (memory, state) = Encode(batch);
        var output = decoder.Read(batch.TargetInput!, memory, state).Output;
        var targets = batch.TargetOutput!.flatten();
        var real = targets.not_equal(Text.SpecialTokens.PadId).nonzero().squeeze(-1);
        var scores = decoder.Words(output.flatten(0, 1).index_select(0, real)); // (tokens, words)
        return nn.functional
            .cross_entropy(scores, targets.index_select(0, real), label_smoothing: labelSmoothing)
            .MoveToOuterDisposeScope();
    }

    /// <summary>The attention's weights (b, t, s) while it writes the targets of a batch, whatever it would rather write.</summary>
    public Tensor Align(Batch batch)
    {
        using var scope = NewDisposeScope();
        var (memory, state) = Encode(batch);
        using (memory)
        using (state)
            return decoder.Read(batch.TargetInput!, memory, state).Weights.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// One step of a search: the last words (b) in, log-probabilities of the next ones (b, words), the attention's weights
    /// (b, s) and the new state out.
    /// </summary>
    public (Tensor LogProbabilities, Tensor Weights, DecoderState State) Step(Tensor words, AttentionMemory memory, DecoderState state)
    {
        using var scope = NewDisposeScope();
        var (output, weights, next) = decoder.Read(words.unsqueeze(1), memory, state);
        return (
            decoder.Words(output.squeeze(1)).log_softmax(-1).MoveToOuterDisposeScope(),
            weights.squeeze(1).MoveToOuterDisposeScope(), next.MoveToOuterDisposeScope());
    }
}
