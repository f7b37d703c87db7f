using TorchSharp;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>
/// The mean cross-entropy, in nats, of words under the softmax of their scores, with label smoothing (Szegedy et al., 2016). The scores
/// are the largest tensor of a training: forward puts their gradient in their place, so that there is no second one of that size.
/// </summary>
/// <remarks>On the CPU; elsewhere, and in double precision, by torch's own function.</remarks>
internal sealed class WordLoss : autograd.SingleTensorFunction<WordLoss>
{
    private const string Gradient = nameof(Gradient);

    public override string Name => nameof(WordLoss);

    /// <summary>The loss of scores (n, words), which are used up, for the words (n) that should be the highest.</summary>
    internal static Tensor Of(Tensor scores, Tensor words, double smoothing)
    {
        if (scores.device_type != DeviceType.CPU || scores.dtype == ScalarType.Float64)
            return nn.functional.cross_entropy(scores, words, label_smoothing: smoothing);
        using var scope = NewDisposeScope();
        return apply(scores, words, smoothing).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var scores = ((Tensor)vars[0]).detach().to(ScalarType.Float32).contiguous();
        var losses = new SmoothedSoftmax(((Tensor)vars[1]).data<long>().ToArray(), (double)vars[2]);
        losses.Differentiate(scores);
        ctx.save_for_backward([scores]);
        return tensor((float)losses.Mean, device: CPU);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var upstream = grad_output;
        var gradient = ctx.get_saved_variables()[0].mul_(upstream);
        // Its handle is read after this returns; till then something must hold it.
        ctx.save_data(Gradient, new[] { gradient });
        return [gradient, null!, null!];
    }
}
