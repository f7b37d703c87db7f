using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using TorchSharp.Modules;
using static TorchAttention.Benchmarks.Cases.Inputs;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>Writing a translation word by word, each the likeliest one.</summary>
internal static class Decoding
{
    private const long Vocabulary = 5921;
    private const long Dim = 256;
    private const long Length = 13;
    private const long Sentences = 32;

    internal static IEnumerable<Case> All =>
    [
        new("Decoding", "32 sentences of 13 words, 3 + 3 layers, d 256, together, with a cache", "one after the other, without a cache", () =>
        {
            var options = new TransformerOptions { EmbedDim = Dim, NumHeads = 8, FeedForwardDim = 512 };
            var writer = new Writer(new Encoder(options, 3), new Decoder(options, 3), nn.Embedding(Vocabulary, Dim), nn.Linear(Dim, Vocabulary));
            var source = randint(Vocabulary, [Sentences, Length], device: CPU);
            return new(
                Forward(() => writer.Together(source)),
                Forward(() => cat([.. Enumerable.Range(0, (int)Sentences).Select(sentence => writer.Whole(source.narrow(0, sentence, 1)))])));
        }) { Target = 0.1 },
    ];

    private sealed record Writer(Encoder Encoder, Decoder Decoder, Embedding Embedding, Linear Output)
    {
        /// <summary>Every step reads the last words alone.</summary>
        internal Tensor Together(Tensor source)
        {
            using var state = Decoder.Start(Encoder.call(Embedding.call(source)));
            var words = First(source);
            for (var step = 0; step < Length; step++)
                words = Likeliest(Decoder.Decode(Embedding.call(words), state));
            return words;
        }

        /// <summary>Every step reads all words so far.</summary>
        internal Tensor Whole(Tensor source)
        {
            var memory = Encoder.call(Embedding.call(source));
            var words = First(source);
            for (var step = 0; step < Length; step++)
                words = cat([words, Likeliest(Decoder.call(Embedding.call(words), memory, AttentionMask.Causal).narrow(1, step, 1))], 1);
            return words.narrow(1, Length, 1);
        }

        private static Tensor First(Tensor source) => zeros(source.size(0), 1, dtype: ScalarType.Int64, device: CPU);

        private Tensor Likeliest(Tensor states) => Output.call(states).argmax(-1);
    }
}
