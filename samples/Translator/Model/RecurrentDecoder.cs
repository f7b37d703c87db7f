using TorchAttention;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>
/// Predicts the target: a recurrent layer reads the words so far, its state asks the attention, a second layer reads what the
/// attention answered, and both speak.
/// </summary>
/// <remarks>
/// Because the attention is asked by the first layer alone and the second one remembers its answers, all positions of a known
/// target are computed in one call, not word by word; a search makes the same call with one position.
/// </remarks>
internal sealed class RecurrentDecoder : nn.Module
{
    private readonly Embedding embedding;
    private readonly CounterBasedDropout dropout;
    private readonly GRU reader;
    private readonly nn.Module<Tensor, Tensor> key;
    private readonly Attention attention;
    private readonly GRU writer;
    private readonly Linear readout;
    private readonly Linear start;

    [ComponentName(Name = "word_bias")]
    private readonly Parameter wordBias;

    /// <summary>Creates the decoder.</summary>
    public RecurrentDecoder(RecurrentOptions options)
        : base(nameof(RecurrentDecoder))
    {
        var (words, size, hidden) = (options.TargetWords, options.EmbeddingDim, options.HiddenDim);
        embedding = nn.Embedding(words, size, padding_idx: Text.SpecialTokens.PadId);
        // The word vectors are the rows of the output layer too, where variance 1 would make the first losses huge.
        using (no_grad()) embedding.weight!.Scale(1 / Math.Sqrt(size));
        dropout = new CounterBasedDropout(options.Dropout);
        reader = nn.GRU(size, hidden, batchFirst: true);
        key = AttentionKind.CreateKeyProjection(options.Attention, hidden);
        attention = AttentionKind.Create(options.Attention, hidden);
        writer = nn.GRU(2 * hidden, hidden, batchFirst: true);
        readout = nn.Linear((2 * hidden) + size, size);
        start = nn.Linear(hidden, 2 * hidden);
        wordBias = new Parameter(zeros(words));
        wordBias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Projects the encoder's states for the attention, once per sentence.</summary>
    public AttentionMemory Remember(Tensor states, long[] lengths)
    {
        using var keys = key.call(states);
        return attention.Prepare(keys, states, AttentionMask.Padding(lengths));
    }

    /// <summary>The state before the first word, from the encoder's summary (b, d).</summary>
    public RecurrentState Start(Tensor summary)
    {
        using var scope = NewDisposeScope();
        var halves = start.call(summary).tanh().unsqueeze(0).chunk(2, -1); // 2 × (1, b, d)
        return new RecurrentState(halves[0].contiguous(), halves[1].contiguous()).MoveToOuterDisposeScope();
    }

    /// <summary>Reads words (b, t) and returns, for each, what follows as a vector (b, t, embedding), weights (b, t, s) and the new state.</summary>
    public (Tensor Output, Tensor Weights, RecurrentState State) Read(Tensor words, AttentionMemory memory, RecurrentState state)
    {
        using var scope = NewDisposeScope();
        var embedded = dropout.call(embedding.call(words).Times(Math.Sqrt(embedding.weight!.size(1))));
        var (query, first) = reader.call(embedded, state.Reader);                           // (b, t, d)
        var looked = Look(dropout.call(query), memory, state.Alignment);                    // (b, t, d), (b, [h,] t, s)
        var (written, second) = writer.call(dropout.call(cat([query, looked.Context], -1)), state.Writer);
        var output = readout.call(cat([written, looked.Context, embedded], -1)).tanh();
        var weights = looked.Weights.dim() > 3 ? looked.Weights.mean([1]) : looked.Weights;
        return (
            dropout.call(output).MoveToOuterDisposeScope(), weights.MoveToOuterDisposeScope(),
            new RecurrentState(first, second, looked.Alignment).MoveToOuterDisposeScope());
    }

    /// <summary>Asks the attention; a monotonic one goes on from where it stood.</summary>
    private AttentionOutput Look(Tensor query, AttentionMemory memory, Tensor? alignment) => attention is MonotonicAttention monotonic
        ? monotonic.Attend(query, memory, alignment)
        : attention.Attend(query, memory);

    /// <summary>What scores words by the outputs: their vectors as the decoder reads them are their vectors here too.</summary>
    public WordLayer WordLayer => new(embedding.weight!, wordBias);
}
