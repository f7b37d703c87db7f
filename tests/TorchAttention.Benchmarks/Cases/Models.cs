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
        new(Group, Name("float32"), "TorchSharp's nn.Transformer with the same loss and optimizer, libtorch's defaults", () =>
            new(Ours(half: false), Theirs())) { Target = 0.3, BaselineUntuned = true },
        new(Group, Name("bfloat16 with float32 master weights"), "nn.Transformer in float32, libtorch's defaults", () =>
            new(Ours(half: true), Theirs())) { Target = 0.2, BaselineUntuned = true },
        new(Group, Name("bfloat16 with float32 master weights"), "the same in float32", () => new(Ours(half: true), Ours(half: false)))
            { Target = HasBFloat16 ? 1 / 1.4 : null },
        new(Group, "its forward and backward alone", "the same of nn.Transformer, libtorch's defaults", () =>
            new(Ours(half: false, withOptimizer: false), Theirs(withOptimizer: false))) { BaselineUntuned = true },
        new(Group, "its forward and backward alone, both with the settings", "the same of nn.Transformer", () =>
            new(Ours(half: false, withOptimizer: false), Theirs(withOptimizer: false))),
    ];

    /// <summary>Without instructions for it, bfloat16 is slower, and nobody's aim.</summary>
    private static bool HasBFloat16 => Runtime.Report() is { HasBFloat16: true } or { HasAmx: true };

    private static string Name(string numbers) => $"training step, 3 + 3 layers, d 256, 128 x 13 tokens, {numbers}, Adam";

    private static Action Ours(bool half, bool withOptimizer = true)
    {
        var (source, target) = (Words(), Words());
        var model = new Translator();
        var computing = half ? new Translator() : model;
        if (half) computing.to(ScalarType.BFloat16);
        (Tensor Own, Tensor Half)[] weights = half ? [.. model.parameters().Zip(computing.parameters(), (own, copy) => ((Tensor)own, (Tensor)copy))] : [];
        var optimizer = optim.Adam(model.parameters(), 1e-4);
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            using (no_grad())
                foreach (var (own, copy) in weights) copy.copy_(own);
            Loss(computing.call(source, target), target).backward();
            foreach (var (own, copy) in weights)
            {
                own.grad = copy.grad!.to(ScalarType.Float32);
                copy.grad = null;
            }
            if (withOptimizer) optimizer.step();
        };
    }

    private static Action Theirs(bool withOptimizer = true)
    {
        var (source, target) = (Words(), Words());
        var transformer = nn.Transformer(Dim, 8, 3, 3, 512, 0.1);
        var (embedding, output) = (nn.Embedding(Vocabulary, Dim), nn.Linear(Dim, Vocabulary));
        var causal = full(13, 13, double.NegativeInfinity, device: CPU).triu(1);
        var optimizer = optim.Adam(new nn.Module[] { transformer, embedding, output }.SelectMany(module => module.parameters()), 1e-4);
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (read, written) = (embedding.call(source).transpose(0, 1), embedding.call(target).transpose(0, 1)); // its batch is the second dimension
            Loss(output.call(transformer.call(read, written, null!, causal).transpose(0, 1)), target).backward();
            if (withOptimizer) optimizer.step();
        };
    }

    private static Tensor Words() => randint(Vocabulary, [128, 13], device: CPU);

    private static Tensor Loss(Tensor scores, Tensor answer) =>
        nn.functional.cross_entropy(scores.flatten(0, 1).to(ScalarType.Float32), answer.flatten());

    /// <summary>A model of the library's blocks.</summary>
    private sealed class Translator : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Encoder encoder;
        private readonly Decoder decoder;
        private readonly Embedding embedding;
        private readonly Linear output;

        internal Translator()
            : base(nameof(Translator))
        {
            var options = new TransformerOptions { EmbedDim = Dim, NumHeads = 8, FeedForwardDim = 512, Dropout = 0.1 };
            (encoder, decoder) = (new Encoder(options, 3), new Decoder(options, 3));
            (embedding, output) = (nn.Embedding(Vocabulary, Dim), nn.Linear(Dim, Vocabulary));
            RegisterComponents();
        }

        public override Tensor forward(Tensor source, Tensor target) => output.call(
            decoder.call(embedding.call(target), encoder.call(embedding.call(source)), AttentionMask.Causal));
    }
}
