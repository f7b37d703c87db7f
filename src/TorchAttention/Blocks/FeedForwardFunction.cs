using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What <see cref="FeedForward"/> computes, without its parameters: the layers of a Transformer own theirs, under PyTorch's names.
/// </summary>
internal sealed record FeedForwardFunction(Activation Activation, bool IsGated, double Dropout)
{
    /// <summary>From a vector to the hidden layer, and to its gate if it has one.</summary>
    internal Linear Expansion(long dim, long hiddenDim, bool bias) =>
        nn.Linear(dim, IsGated ? 2 * hiddenDim : hiddenDim, hasBias: bias, device: CPU);

    internal Tensor Apply(Tensor input, Linear expansion, Linear contraction, bool isTraining)
    {
        var hidden = expansion.call(input); // (…, l, hidden), or twice that
        if (IsGated)
        {
            var size = hidden.size(-1) / 2;
            hidden = Activate(hidden.narrow(-1, 0, size)) * hidden.narrow(-1, size, size);
        }
        else
        {
            hidden = Activate(hidden);
        }
        return contraction.call(DropoutFunction.Apply(hidden, Dropout, isTraining));
    }

    private Tensor Activate(Tensor hidden) => Activation switch
    {
        Activation.ReLU => hidden.relu(),
        Activation.GELU => hidden.gelu(),
        _ => hidden.silu(),
    };
}
