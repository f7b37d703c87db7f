using TorchAttention;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Translator.Batching;
using Translator.Corpus;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>A Transformer, of the library's blocks.</summary>
/// <remarks>
/// After Vaswani et al. (2017). Dropout is where they have it: on the word vectors and the outputs of sublayers, and on the hidden
/// layers as well, but not on the attention's weights.
/// </remarks>
public sealed class TransformerModel : TranslationModel
{
    /// <summary>How many learnt positions there are.</summary>
    private const long LearnedLength = 1024;

    [ComponentName(Name = "source_embedding")]
    private readonly Embedding? sourceEmbedding;

    [ComponentName(Name = "target_embedding")]
    private readonly Embedding targetEmbedding;

    [ComponentName(Name = "source_positions")]
    private readonly PositionModule? sourcePositions;

    [ComponentName(Name = "target_positions")]
    private readonly PositionModule? targetPositions;

    private readonly CounterBasedDropout dropout;
    private readonly Encoder encoder;
    private readonly Decoder decoder;

    [ComponentName(Name = "word_weight")]
    private readonly Parameter? wordWeight;

    [ComponentName(Name = "word_bias")]
    private readonly Parameter wordBias;

    private readonly double scale;
    private readonly long alignmentLayer;
    private readonly long? alignmentHead;

    /// <summary>Creates a model with random weights.</summary>
    /// <exception cref="ArgumentException">The options have a fault.</exception>
    public TransformerModel(TransformerModelOptions options)
        : base(nameof(TransformerModel), options)
    {
        (scale, alignmentLayer, alignmentHead) = (Math.Sqrt(options.EmbeddingDim), options.AlignmentLayer, options.AlignmentHead);
        var layers = Layers(options);
        encoder = new(layers, options.EncoderLayers);
        decoder = new(layers, options.DecoderLayers);
        TransformerInit.Apply(encoder, options.EncoderLayers * 2, options.PreNorm);
        TransformerInit.Apply(decoder, options.DecoderLayers * 3, options.PreNorm);
        sourceEmbedding = options.Tying == EmbeddingTying.All ? null : TransformerInit.Embedding(options.SourceWords, options.EmbeddingDim);
        targetEmbedding = TransformerInit.Embedding(options.TargetWords, options.EmbeddingDim);
        (sourcePositions, targetPositions) = (Places(options), Places(options));
        dropout = new CounterBasedDropout(options.Dropout);
        wordWeight = options.Tying == EmbeddingTying.None ? TransformerInit.WordWeight(options.TargetWords, options.EmbeddingDim) : null;
        wordBias = TransformerInit.WordBias(options.TargetWords);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long? LongestSentence => targetPositions is LearnedPositions ? LearnedLength : null;

    /// <inheritdoc/>
    public override TargetWriter Begin(Batch batch)
    {
        using var scope = NewDisposeScope();
        var padding = Padding(batch);
        return new Writer(this, decoder.Start(Read(batch, padding), padding, SmallCache));
    }

    private protected override (Tensor Output, Tensor? Weights) Write(Batch batch, bool needWeights)
    {
        using var scope = NewDisposeScope();
        var padding = Padding(batch);
        var memory = Read(batch, padding);
        var target = Embed(batch.TargetInput!, targetEmbedding, targetPositions, 0);
        // What stands behind a target's end sees it and is not seen by it: causal is mask enough.
        if (!needWeights) return (decoder.call(target, memory, AttentionMask.Causal, padding).MoveToOuterDisposeScope(), null);
        var (output, weights) = decoder.Attend(target, memory, alignmentLayer, AttentionMask.Causal, padding);
        return (output.MoveToOuterDisposeScope(), Alignment(weights).MoveToOuterDisposeScope());
    }

    private protected override WordLayer WordLayer => new(wordWeight ?? targetEmbedding.weight!, wordBias);

    private Tensor Read(Batch batch, AttentionMask? padding) =>
        encoder.call(Embed(batch.Source, sourceEmbedding ?? targetEmbedding, sourcePositions, 0), padding);

    private Tensor Embed(Tensor words, Embedding embedding, PositionModule? positions, long offset)
    {
        if (offset + words.size(1) > LongestSentence)
            throw new InputException($"a sentence has {offset + words.size(1):N0} tokens, its mark counted; with learnt positions the model reads {LongestSentence:N0}");
        var vectors = embedding.call(words).Times(scale); // (b, t, d)
        return dropout.call(positions?.call(vectors, offset) ?? vectors);
    }

    /// <summary>The weights of the head that tells the alignment, or of all heads together: (b, h, t, s) → (b, t, s).</summary>
    private Tensor Alignment(Tensor weights) => alignmentHead is { } head ? weights.select(1, head) : weights.mean([1]);

    private static AttentionMask? Padding(Batch batch) =>
        batch.SourceLengths.All(length => length == batch.Source.size(1)) ? null : AttentionMask.Padding(batch.SourceLengths);

    /// <summary>Caches are copied where hypotheses change places: they begin small.</summary>
    private static KeyValueCache SmallCache() => new(capacity: 16);

    private static TransformerOptions Layers(TransformerModelOptions options)
    {
        var headDim = options.EmbeddingDim / options.Heads;
        Attention Plain() => new ScaledDotProductAttention(headDim, headDim, headDim);
        return new TransformerOptions
        {
            EmbedDim = options.EmbeddingDim,
            NumHeads = options.Heads,
            FeedForwardDim = options.FeedForwardDim,
            Dropout = options.Dropout,
            PreNorm = options.PreNorm,
            Activation = options.Activation,
            Rotary = options.Positions == PositionKind.Rotary ? () => new RotaryEmbedding(headDim) : null,
            SelfAttention = Plain,
            CrossAttention = Plain,
        };
    }

    private static PositionModule? Places(TransformerModelOptions options) => options.Positions switch
    {
        PositionKind.Sinusoidal => new SinusoidalEncoding(options.EmbeddingDim),
        PositionKind.Learned => new LearnedPositions(LearnedLength, options.EmbeddingDim),
        _ => null,
    };

    private sealed class Writer(TransformerModel model, DecodingState state) : TargetWriter
    {
        public override (Tensor LogProbabilities, Tensor Weights) Step(Tensor words)
        {
            using var scope = NewDisposeScope();
            var target = model.Embed(words.unsqueeze(1), model.targetEmbedding, model.targetPositions, state.Length);
            var (output, weights) = model.decoder.Attend(target, state, model.alignmentLayer);
            return (
                model.WordLayer.Scores(output.squeeze(1)).log_softmax(-1).MoveToOuterDisposeScope(),
                model.Alignment(weights).squeeze(1).MoveToOuterDisposeScope());
        }

        public override void Select(Tensor rows) => state.Reorder(rows);

        public override void Dispose() => state.Dispose();
    }
}
