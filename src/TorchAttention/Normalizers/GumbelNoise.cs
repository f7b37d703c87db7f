using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Gumbel(0, 1) noise: the argmax of scores + noise is a sample from softmax(scores). It is all the chance in hard attention, so
/// that a test can say what is sampled.
/// </summary>
internal static class GumbelNoise
{
    /// <summary>The smallest number of full precision in float32. An exponential of zero, rare as it is, would be infinite noise.</summary>
    private const double Smallest = 1.17549435e-38;

    /// <summary>Noise of the scores' shape, dtype and device.</summary>
    internal static Tensor Like(Tensor scores, Generator? generator)
    {
        generator ??= RandomSource.Current;
        var exponential = empty(scores.shape, dtype: scores.dtype, device: Place(scores, generator)).exponential_(1, generator);
        return exponential.to(scores.device).NotBelow(Smallest).log().neg();
    }

    /// <summary>Where numbers for the scores are drawn: a generator of one's own draws on the CPU alone.</summary>
    internal static Device Place(Tensor scores, Generator? generator) => generator is null ? scores.device : CPU;
}
