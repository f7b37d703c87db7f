using TorchAttention;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.utils.rnn;

namespace Translator.Model;

/// <summary>Reads the source in both directions: tokens (b, s) → states (b, s, d) and a summary (b, d).</summary>
internal sealed class RecurrentEncoder : nn.Module<Tensor, long[], (Tensor States, Tensor Summary)>
{
    private readonly Embedding embedding;
    private readonly CounterBasedDropout dropout;
    private readonly GRU gru;

    /// <summary>Creates the encoder; each direction has half of the hidden size.</summary>
    public RecurrentEncoder(RecurrentOptions options)
        : base(nameof(RecurrentEncoder))
    {
        embedding = nn.Embedding(options.SourceWords, options.EmbeddingDim, padding_idx: Text.SpecialTokens.PadId);
        dropout = new CounterBasedDropout(options.Dropout);
        gru = nn.GRU(options.EmbeddingDim, options.HiddenDim / 2, batchFirst: true, bidirectional: true);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (Tensor States, Tensor Summary) forward(Tensor tokens, long[] lengths)
    {
        using var scope = NewDisposeScope();
        var embedded = dropout.call(embedding.call(tokens)); // (b, s, embedding)
        // Packed, because the backward direction must start at the sentence's own end, not in the padding.
        var packed = pack_padded_sequence(embedded, tensor(lengths, device: CPU), batch_first: true, enforce_sorted: false);
        var (states, last) = gru.call(packed);
        var (padded, _) = pad_packed_sequence(states, batch_first: true, total_length: tokens.size(1));
        var summary = last.transpose(0, 1).flatten(1); // (2, b, d/2) → (b, d)
        return (dropout.call(padded).MoveToOuterDisposeScope(), summary.MoveToOuterDisposeScope());
    }
}
