using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using TorchSharp.Modules;
using Translator.Batching;
using Translator.Cli;
using Translator.Corpus;
using Translator.Model;
using Translator.Text;
using Translator.Training;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>The sample's trainer against a training of TorchSharp's Transformer: the same shape, the same batches, padding and all.</summary>
internal static class Trainings
{
    private const int Vocabulary = 5921;
    private const int Batches = 4;

    private static readonly TransformerModelOptions Shape =
        (TransformerModelOptions)Preset.Small.Model with { SourceWords = Vocabulary, TargetWords = Vocabulary };

    private static readonly TrainingOptions Options = Preset.Small.Training with { Epochs = TrainingOptions.NoLimit, LearningRate = 1e-4 };

    internal static IEnumerable<Case> All =>
    [
        new("Training", "the translator's trainer, preset small, 4 batches of 128 pairs, float32, AdamW",
            "nn.Transformer of that shape on such batches, libtorch's defaults", () => new(Ours(), Theirs())) { Target = 1 / 3.0, BaselineUntuned = true },
        new("Training", "the translator's trainer, preset small, 4 batches of 128 pairs, float32, AdamW, both with the settings",
            "nn.Transformer of that shape on such batches", () => new(Ours(), Theirs())),
    ];

    private static Action Ours()
    {
        var pairs = Pairs();
        var trainer = new Trainer(TranslationModel.Create(Shape), Options);
        CancellationTokenSource? enough = null;
        trainer.BatchTrained += batch =>
        {
            if (batch.Batch == batch.Batches) enough!.Cancel();
        };
        return () =>
        {
            using (enough = new CancellationTokenSource()) trainer.Train(pairs, [], enough.Token);
        };
    }

    private static Action Theirs()
    {
        var transformer = nn.Transformer(Shape.EmbeddingDim, Shape.Heads, Shape.EncoderLayers, Shape.DecoderLayers, Shape.FeedForwardDim, Shape.Dropout);
        var (reading, writing, output) = (Table(), Table(), nn.Linear(Shape.EmbeddingDim, Vocabulary));
        output.weight = writing.weight!;
        var places = new SinusoidalEncoding(Shape.EmbeddingDim);
        var weights = new nn.Module[] { transformer, reading, writing, output }.SelectMany(module => module.parameters()).Distinct().ToArray();
        var optimizer = optim.AdamW(weights, Options.LearningRate);
        var batches = Bucketing.Shuffle(Pairs(), Options.BatchSize, SplitMix64.Of(1, 1));
        return () =>
        {
            foreach (var pairs in batches)
            {
                using var scope = NewDisposeScope();
                using var batch = Batch.Of(pairs, CPU);
                var (source, target) = (Embed(batch.Source, reading), Embed(batch.TargetInput!, writing));
                var (isNoSource, isNoTarget) = (batch.Source.eq(SpecialTokens.PadId), batch.TargetInput!.eq(SpecialTokens.PadId));
                var causal = full(target.size(0), target.size(0), double.NegativeInfinity, device: CPU).triu(1);
                optimizer.zero_grad();
                var written = transformer.call(source, target, null!, causal, null!, isNoSource, isNoTarget, isNoSource);
                nn.functional.cross_entropy(
                    output.call(written.transpose(0, 1)).flatten(0, 1), batch.TargetOutput!.flatten(),
                    ignore_index: SpecialTokens.PadId, label_smoothing: Options.LabelSmoothing).backward();
                nn.utils.clip_grad_norm_(weights, Options.ClipNorm);
                optimizer.step();
            }
        };

        static Embedding Table() => nn.Embedding(Vocabulary, Shape.EmbeddingDim);

        // Its batch is the second dimension.
        Tensor Embed(Tensor words, Embedding embedding) => places.call(embedding.call(words) * Math.Sqrt(Shape.EmbeddingDim), 0).transpose(0, 1);
    }

    /// <summary>
    /// A few batches, from short to long, of as many pairs as Multi30k has, of lengths like captions': 4 to 30 tokens, mostly 10 to 16, and
    /// about as many on either side. Among so many pairs a batch is of like lengths: 3 % of all is padding, and none of these four.
    /// </summary>
    private static EncodedPair[] Pairs()
    {
        const int corpus = 29_000;
        var random = new Random(1);
        long[] Words(double length) =>
            [.. Enumerable.Range(0, (int)Math.Clamp(length, 4, 30)).Select(_ => random.NextInt64(SpecialTokens.All.Count, Vocabulary))];
        var batches = Enumerable.Range(0, corpus).Select(_ => Pair(13 + (4 * Normal())))
            .OrderBy(pair => pair.Source.Length).ThenBy(pair => pair.Target.Length).Chunk(Options.BatchSize).ToArray();
        return [.. Enumerable.Range(0, Batches).SelectMany(i => batches[((2 * i) + 1) * batches.Length / (2 * Batches)])];

        EncodedPair Pair(double length) => new(Words(length), Words(length + (2 * Normal())));

        double Normal() => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
    }
}
