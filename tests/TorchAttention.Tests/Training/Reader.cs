using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>
/// The least model around an attention: queries and keys are learned vectors of their symbols, keys also of their places, values
/// are one-hot, and the context is the answer. Nothing but the attention can solve the exercise.
/// </summary>
internal sealed class Reader : Learner
{
    /// <summary>Turns a context of zeros and ones into logits that are nearly certain.</summary>
    private const double Certainty = 8;

    private readonly Attention attention;
    private readonly Embedding query;
    private readonly Embedding key;
    private readonly Embedding place;
    private readonly ReinforceLoss? reinforce;
    private readonly (long Symbols, long ValueDim) sizes;

    /// <summary>
    /// The attention becomes the reader's, and so does the loss of one that learns from a reward: how likely the answer was. Values
    /// are as long as there are symbols, or longer.
    /// </summary>
    internal Reader(
        Exercise exercise, Attention attention, long queryDim, long keyDim, long valueDim, ReinforceLoss? reinforce = null)
        : base(nameof(Reader))
    {
        this.attention = attention;
        this.reinforce = reinforce;
        sizes = (exercise.Symbols, valueDim);
        query = nn.Embedding(exercise.Questions, queryDim, device: CPU);
        key = nn.Embedding(exercise.Symbols, keyDim, device: CPU);
        place = nn.Embedding(exercise.Keys, keyDim, device: CPU);
        RegisterComponents();
    }

    internal override Tensor Answer(Examples examples) => Logits(attention.call(Queries(examples), Keys(examples), Values(examples)));

    internal override Tensor Loss(Examples examples)
    {
        if (reinforce is null) return base.Loss(examples);
        var output = attention.Attend(Queries(examples), Keys(examples), Values(examples));
        var surprise = CrossEntropy(Logits(output.Context), examples); // (count, l)
        return Numbers.Sum(surprise.mean(), reinforce.call(output, -surprise));
    }

    private Tensor Queries(Examples examples) => query.call(examples.Query);

    private Tensor Keys(Examples examples) => Numbers.Sum(key.call(examples.Key), place.weight!);

    private Tensor Values(Examples examples) => nn.functional.one_hot(examples.Value, sizes.ValueDim).to(ScalarType.Float32);

    private Tensor Logits(Tensor context) => context.narrow(-1, 0, sizes.Symbols).Times(Certainty);
}
