using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using TorchSharp.Modules;
using static TorchAttention.Benchmarks.Cases.Inputs;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>Whole modules against TorchSharp's of the same shape.</summary>
internal static class Models
{
    private const string Group = "Modules";
    private const long Vocabulary = 5921;
    private const long Dim = 256;

    internal static IEnumerable<Case> All =>
    [
        new(Group, "multi-head self-attention, l = 1,024, d 512", "TorchSharp's nn.MultiheadAttention", () =>
        {
            var input = Normal(1, 1024, 512);
            var (ours, theirs) = (new MultiHeadAttention(512, 8), nn.MultiheadAttention(512, 8));
            var turned = input.transpose(0, 1).contiguous(); // its batch is the second dimension
            theirs.eval();
            return new(Forward(() => ours.call(input, input, input)), Forward(() => theirs.call(turned, turned, turned, null, true, null).Item1));
        }) { Target = 0.3 },
        new(Group, "training step, 3 + 3 layers, d 256, 128 x 13 tokens, float32, Adam", "TorchSharp's nn.Transformer with the same loss and optimizer, libtorch's defaults", () =>
            Step(ScalarType.Float32, withOptimizer: true)) { Target = 0.3, BaselineUntuned = true },
        new(Group, "its forward and backward alone", "the same of nn.Transformer, libtorch's defaults", () =>
            Step(ScalarType.Float32, withOptimizer: false)) { BaselineUntuned = true },
        new(Group, "its forward and backward alone, the weights in bfloat16", "nn.Transformer in float32, libtorch's defaults", () =>
            Step(ScalarType.BFloat16, withOptimizer: false)) { Target = 0.2, BaselineUntuned = true },
        new(Group, "its forward and backward alone, both with the settings", "the same of nn.Transformer", () =>
            Step(ScalarType.Float32, withOptimizer: false)),
    ];

    private static Contest Step(ScalarType dtype, bool withOptimizer)
    {
        var (source, target) = (randint(Vocabulary, [128, 13], device: CPU), randint(Vocabulary, [128, 13], device: CPU));
        var options = new TransformerOptions { EmbedDim = Dim, NumHeads = 8, FeedForwardDim = 512, Dropout = 0.1 };
        var (encoder, decoder) = (new Encoder(options, 3), new Decoder(options, 3));
        var (embedding, output) = (nn.Embedding(Vocabulary, Dim), nn.Linear(Dim, Vocabulary));
        nn.Module[] ours = [encoder, decoder, embedding, output];
        foreach (var module in ours) module.to(dtype);

        var transformer = nn.Transformer(Dim, 8, 3, 3, 512, 0.1);
        var (theirEmbedding, theirOutput) = (nn.Embedding(Vocabulary, Dim), nn.Linear(Dim, Vocabulary));
        var causal = full(13, 13, double.NegativeInfinity, device: CPU).triu(1);
        nn.Module[] theirs = [transformer, theirEmbedding, theirOutput];

        return new(
            Trained(ours, () =>
            {
                var memory = encoder.call(embedding.call(source));
                return output.call(decoder.call(embedding.call(target), memory, AttentionMask.Causal));
            }, target, withOptimizer),
            Trained(theirs, () =>
            {
                var (read, written) = (theirEmbedding.call(source).transpose(0, 1), theirEmbedding.call(target).transpose(0, 1));
                return theirOutput.call(transformer.call(read, written, null!, causal).transpose(0, 1));
            }, target, withOptimizer));
    }

    private static Action Trained(nn.Module[] modules, Func<Tensor> forward, Tensor answer, bool withOptimizer)
    {
        var optimizer = optim.Adam(modules.SelectMany(module => module.parameters()), 1e-4);
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(forward().flatten(0, 1).to(ScalarType.Float32), answer.flatten()).backward();
            if (withOptimizer) optimizer.step();
        };
    }
}
