using TorchAttention;
using TorchSharp;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>
/// The mean cross-entropy, in nats, of words under the softmax of their scores, with label smoothing (Szegedy et al., 2016), and the word
/// layer that scores them. All scores together would be the largest tensor of a training: only some rows have theirs at a time, and
/// forward makes the gradients of them before the next rows take their place.
/// </summary>
/// <remarks>On the CPU; elsewhere, and in double precision, by torch's own functions.</remarks>
internal sealed class WordLoss : autograd.SingleTensorFunction<WordLoss>
{
    /// <summary>So many rows have scores at once. With fewer the products are slower, for each goes over the weight's whole gradient.</summary>
    internal const int RowsAtOnce = 256;

    private const string Gradients = nameof(Gradients);

    public override string Name => nameof(WordLoss);

    /// <summary>The loss of vectors (n, embedding) for the words (n) that should have the highest scores.</summary>
    internal static Tensor Of(Tensor vectors, WordLayer layer, Tensor words, double smoothing)
    {
        if (vectors.device_type != DeviceType.CPU || vectors.dtype == ScalarType.Float64)
            return nn.functional.cross_entropy(layer.Scores(vectors), words, label_smoothing: smoothing);
        using var scope = NewDisposeScope();
        return apply(vectors, layer.Weight, layer.Bias, words, smoothing, is_grad_enabled()).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (vectors, weight, bias) = (((Tensor)vars[0]).detach(), ((Tensor)vars[1]).detach(), ((Tensor)vars[2]).detach());
        var softmax = new SmoothedSoftmax(
            ((Tensor)vars[3]).data<long>().ToArray(), bias.to(ScalarType.Float32).data<float>().ToArray(), smoothing: (double)vars[4]);
        var gradients = Differentiate(vectors, weight, softmax, needsGradient: (bool)vars[5]);
        if (gradients is var (ofVectors, ofWeight))
            ctx.save_for_backward([ofVectors, ofWeight.to(vectors.dtype), tensor(softmax.BiasGradient, device: CPU).to(vectors.dtype)]);
        return tensor((float)softmax.Mean, device: CPU);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var upstream = grad_output;
        Tensor[] gradients = [.. ctx.get_saved_variables().Select(gradient => gradient.mul_(upstream))];
        // Their handles are read after this returns; till then something must hold them.
        ctx.save_data(Gradients, gradients);
        return [.. gradients, null!, null!, null!];
    }

    /// <summary>Goes over the vectors, some rows at a time.</summary>
    /// <returns>The gradients of the vectors, in their type, and of the weight, in float32, so that what is small adds up.</returns>
    private static (Tensor OfVectors, Tensor OfWeight)? Differentiate(Tensor vectors, Tensor weight, SmoothedSoftmax softmax, bool needsGradient)
    {
        var (rows, words) = (vectors.size(0), weight.size(0));
        var scores = empty([Math.Min(rows, RowsAtOnce), words], vectors.dtype, CPU);
        (Tensor OfVectors, Tensor OfWeight)? gradients = needsGradient
            ? (empty_like(vectors), zeros_like(weight, ScalarType.Float32))
            : null;
        for (var start = 0L; start < rows; start += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(RowsAtOnce, rows - start);
            var some = vectors.narrow(0, start, count);
            var changed = scores.narrow(0, 0, count).addmm_(some, weight.t(), beta: 0, alpha: 1).to(ScalarType.Float32);
            softmax.Differentiate(changed, (int)start);
            if (gradients is not var (ofVectors, ofWeight)) continue;
            var gradient = changed.to(vectors.dtype);
            ofVectors.narrow(0, start, count).addmm_(gradient, weight, beta: 0, alpha: 1);
            if (gradient.dtype == ofWeight.dtype) ofWeight.addmm_(gradient.t(), some, beta: 1, alpha: 1);
            else ofWeight.Add(gradient.t().mm(some));
        }
        return gradients;
    }
}
