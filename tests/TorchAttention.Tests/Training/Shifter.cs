using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>Attention that sees nothing but positions: all scores are zero, and a learned bias says where to look.</summary>
internal sealed class Shifter : Learner
{
    private readonly nn.Module positions;
    private readonly ScaledDotProductAttention attention;
    private readonly Func<AttentionBias> bias;

    /// <summary>The positions become the shifter's.</summary>
    internal Shifter(Exercise exercise, nn.Module positions, Func<AttentionBias> bias)
        : base(nameof(Shifter), exercise)
    {
        this.positions = positions;
        this.bias = bias;
        attention = new ScaledDotProductAttention(1, 1, exercise.Symbols);
        RegisterComponents();
    }

    internal override Tensor Answer(Examples examples)
    {
        var values = OneHot(examples.Value, attention.ValueDim!.Value);
        var nothing = zeros([.. examples.Value.shape, 1], dtype: values.dtype, device: CPU);
        return Certain(attention.call(nothing, nothing, values, null, bias()));
    }
}
