using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>A model that <see cref="Learning"/> can train: it answers examples with logits over the symbols.</summary>
internal abstract class Learner : nn.Module
{
    private readonly long symbols;

    protected Learner(string name, Exercise exercise)
        : base(name) => symbols = exercise.Symbols;

    /// <summary>The logits (count, l, symbols).</summary>
    internal abstract Tensor Answer(Examples examples);

    /// <summary>What a step lowers; by default the cross-entropy of the answers.</summary>
    internal virtual Tensor Loss(Examples examples) => CrossEntropy(Answer(examples), examples).mean();

    /// <summary>The cross-entropy of every answer, (count, l).</summary>
    protected static Tensor CrossEntropy(Tensor logits, Examples examples) =>
        nn.functional.cross_entropy(logits.transpose(1, 2), examples.Answer, reduction: nn.Reduction.None);

    protected static Tensor OneHot(Tensor numbers, long size) => nn.functional.one_hot(numbers, size).to(ScalarType.Float32);

    /// <summary>A context of one-hot values as logits: all the weight on one symbol is an answer that is nearly certain.</summary>
    protected Tensor Certain(Tensor context) => context.narrow(-1, 0, symbols).Times(8);
}
