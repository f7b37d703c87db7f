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
    private readonly Attention attention;
    private readonly ReinforceLoss? reinforce;
    private readonly Embedding query;
    private readonly Embedding key;
    private readonly Embedding place;
    private readonly long valueDim;

    /// <summary>
    /// The attention, of queries and keys of one size, becomes the reader's, and so does the loss of one that learns from a reward:
    /// how likely the answer was. Values are as long as there are symbols, or longer.
    /// </summary>
    internal Reader(Exercise exercise, Attention attention, long dim, long valueDim, ReinforceLoss? reinforce = null)
        : base(nameof(Reader), exercise)
    {
        this.attention = attention;
        this.reinforce = reinforce;
        this.valueDim = valueDim;
        query = nn.Embedding(exercise.Questions, dim, device: CPU);
        key = nn.Embedding(exercise.Symbols, dim, device: CPU);
        place = nn.Embedding(exercise.Keys, dim, device: CPU);
        RegisterComponents();
    }

    internal override Tensor Answer(Examples examples) =>
        Certain(attention.call(Queries(examples), Keys(examples), OneHot(examples.Value, valueDim)));

    internal override Tensor Loss(Examples examples)
    {
        if (reinforce is null) return base.Loss(examples);
        var output = attention.Attend(Queries(examples), Keys(examples), OneHot(examples.Value, valueDim));
        var surprise = CrossEntropy(Certain(output.Context), examples); // (count, l)
        return Numbers.Sum(surprise.mean(), reinforce.call(output, -surprise));
    }

    private Tensor Queries(Examples examples) => query.call(examples.Query);

    private Tensor Keys(Examples examples) => Numbers.Sum(key.call(examples.Key), place.weight!);
}
