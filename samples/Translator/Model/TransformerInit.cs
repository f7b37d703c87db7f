using TorchAttention;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>Random weights for a Transformer to start from.</summary>
/// <remarks>
/// Matrices are Xavier's (Glorot and Bengio, 2010) and biases zero. Where each sublayer is added to what came before and no norm
/// follows, the sum would grow with every layer, so that a sublayer's last matrix is made smaller by the root of their number
/// (Radford et al., 2019).
/// </remarks>
internal static class TransformerInit
{
    /// <summary>Draws the weights of a stack.</summary>
    /// <param name="stack">An encoder or a decoder.</param>
    /// <param name="sublayers">How many sublayers it has.</param>
    /// <param name="isPreNorm">Whether no norm follows them.</param>
    internal static void Apply(nn.Module stack, long sublayers, bool isPreNorm)
    {
        using var gradients = no_grad();
        foreach (var (name, parameter) in stack.named_parameters())
        {
            if (parameter.dim() > 1) nn.init.xavier_uniform_(parameter);
            else if (name.EndsWith("bias", StringComparison.Ordinal)) nn.init.zeros_(parameter);
            if (isPreNorm && (name.EndsWith("out_proj.weight", StringComparison.Ordinal) || name.EndsWith("linear2.weight", StringComparison.Ordinal)))
                parameter.Scale(1 / Math.Sqrt(sublayers));
        }
    }

    /// <summary>Word vectors from N(0, 1/d): times √d the decoder reads them with variance 1, and as an output layer they begin with scores of variance 1.</summary>
    internal static Embedding Embedding(long words, long dim)
    {
        var embedding = nn.Embedding(words, dim, padding_idx: Text.SpecialTokens.PadId);
        using var gradients = no_grad();
        embedding.weight!.Scale(1 / Math.Sqrt(dim));
        return embedding;
    }

    /// <summary>An output layer's vectors, from N(0, 1/d) too.</summary>
    internal static Parameter WordWeight(long words, long dim) => Owned(new Parameter(nn.init.normal_(empty(words, dim, device: CPU), 0, 1 / Math.Sqrt(dim))));

    internal static Parameter WordBias(long words) => Owned(new Parameter(zeros(words, device: CPU)));

    /// <summary>Outlives a dispose scope that the model is made in.</summary>
    private static Parameter Owned(Parameter parameter)
    {
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
