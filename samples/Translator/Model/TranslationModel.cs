using TorchAttention;
using TorchSharp;
using Translator.Batching;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>The base of every translation model: an encoder that reads and a decoder that writes while its attention looks at what was read.</summary>
public abstract class TranslationModel : nn.Module
{
    /// <summary>A weight that is rounded to zero has no logarithm.</summary>
    private const double LeastWeight = 1e-9;

    private protected TranslationModel(string name, ModelOptions options)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Fault() is { } fault) throw new ArgumentException(fault, nameof(options));
        Options = options;
    }

    /// <summary>Creates a model with random weights.</summary>
    /// <exception cref="ArgumentException">The options have a fault.</exception>
    public static TranslationModel Create(ModelOptions options) => options switch
    {
        RecurrentOptions recurrent => new RecurrentModel(recurrent),
        TransformerModelOptions transformer => new TransformerModel(transformer),
        _ => throw new ArgumentException($"there is no model for {options?.GetType().Name ?? "nothing"}", nameof(options)),
    };

    /// <summary>What decided its shape.</summary>
    public ModelOptions Options { get; }

    /// <summary>How many tokens a sentence may have, marks counted; null for any number.</summary>
    public virtual long? LongestSentence => null;

    /// <summary>
    /// The mean loss over the target's words, in nats: cross-entropy under teacher forcing. The padding is left out before the
    /// output layer, the largest one, sees it.
    /// </summary>
    /// <param name="batch">Sentences and their translations.</param>
    /// <param name="labelSmoothing">The share of a target's probability that is spread over all words.</param>
    /// <param name="alignmentWeight">What the cross-entropy between the attention and the batch's links counts, per word.</param>
    public Tensor Loss(Batch batch, double labelSmoothing = 0, double alignmentWeight = 0)
    {
        using var scope = NewDisposeScope();
        var isGuided = alignmentWeight > 0 && batch.Links is not null;
        var (output, weights) = Write(batch, needWeights: isGuided);
        var written = output.flatten(0, 1).index_select(0, batch.TargetPositions!); // (tokens, embedding)
        var targets = batch.TargetOutput!.flatten().index_select(0, batch.TargetPositions!);
        var loss = WordLoss.Of(written, WordLayer, targets, labelSmoothing);
        if (isGuided) loss = Numbers.Sum(loss, Misguidance(weights!, batch).Times(alignmentWeight));
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>The attention's weights (b, t, s) while it writes the targets of a batch, whatever it would rather write.</summary>
    public Tensor Align(Batch batch)
    {
        using var scope = NewDisposeScope();
        return Write(batch, needWeights: true).Weights!.MoveToOuterDisposeScope();
    }

    /// <summary>The likeliest word (b, t) at each place of a batch's targets, after what the decoder reads before it.</summary>
    public Tensor Predict(Batch batch)
    {
        using var scope = NewDisposeScope();
        return WordLayer.Scores(Write(batch, needWeights: false).Output).argmax(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Reads the sources of a batch and gets ready to write; to be disposed by the caller.</summary>
    public abstract TargetWriter Begin(Batch batch);

    /// <summary>The cross-entropy between links and attention, over the number of target words (Chen et al., 2016).</summary>
    private static Tensor Misguidance(Tensor weights, Batch batch) =>
        (batch.Links! * weights.NotBelow(LeastWeight).log()).sum().Times(-1.0 / batch.TargetTokens);

    /// <summary>
    /// What the decoder says at each position of a batch's targets, as vectors (b, t, embedding), and where it looks for it
    /// (b, t, s); weights may be missing where they are not needed.
    /// </summary>
    private protected abstract (Tensor Output, Tensor? Weights) Write(Batch batch, bool needWeights);

    /// <summary>What scores words by the outputs.</summary>
    private protected abstract WordLayer WordLayer { get; }
}
