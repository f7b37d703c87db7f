using TorchAttention;
using TorchSharp;
using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using Translator.Search;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Model;

public class TranslationModelTests
{
    public static TheoryData<string> Kinds => [.. SmallModel.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PaddingChangesNothing(string kind)
    {
        using var model = SmallModel.Create(kind);
        model.eval();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var pairs = SmallModel.Reversals(7, seed: 5);

        var together = model.Loss(Batch.Of(pairs, CPU)).item<float>() * pairs.Sum(pair => pair.Target.Length + 1);
        var alone = pairs.Sum(pair => model.Loss(Batch.Of([pair], CPU)).item<float>() * (pair.Target.Length + 1));

        Assert.Equal(alone, together, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ABatchIsTranslatedAsItsSentencesAlone(string kind)
    {
        using var model = SmallModel.Create(kind);
        string[][] sentences = [.. SmallModel.Reversals(9, seed: 6).Select(pair => SmallModel.Text(pair.Source))];

        foreach (var beam in (BeamOptions?[])[null, new BeamOptions(Beam: 3, NoRepeat: 2, Best: 2)])
        {
            var together = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec, batchSize: 9, beam).TranslateBest(sentences);
            var alone = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec, batchSize: 1, beam).TranslateBest(sentences);

            Assert.All(together, best => Assert.Equal(beam?.Best ?? 1, best.Count));
            Assert.Equal(Texts(alone), Texts(together));
        }

        static IEnumerable<string> Texts(IEnumerable<IReadOnlyList<Translation>> all) => all.SelectMany(best => best).Select(translation => translation.Text);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ReadingWordByWordIsReadingAllAtOnce(string kind)
    {
        using var model = SmallModel.Create(kind);
        model.eval();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var pair = SmallModel.Reversals(1, seed: 8, longest: 6)[0];
        using var batch = Batch.Of([pair], CPU);
        var expected = model.Loss(batch).item<float>();

        using var writer = model.Begin(batch);
        long[] words = [Translator.Text.SpecialTokens.BeginId, .. pair.Target];
        long[] next = [.. pair.Target, Translator.Text.SpecialTokens.EndId];
        var sum = 0.0;
        for (var i = 0; i < words.Length; i++)
        {
            var step = writer.Step(tensor(new[] { words[i] }));
            sum -= step.LogProbabilities[0, next[i]].item<float>();
        }

        Assert.Equal(expected, sum / words.Length, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryParameterLearns(string kind)
    {
        using var model = SmallModel.Create(kind);
        using var scope = NewDisposeScope();
        model.Loss(Batch.Of(SmallModel.Reversals(16, seed: 9), CPU)).backward();

        Assert.All(model.named_parameters(), item =>
        {
            Assert.False(item.parameter.grad is null, $"{item.name} has no gradient");
            Assert.True(item.parameter.grad!.abs().sum().item<float>() > 0, $"{item.name} has a zero gradient");
        });
    }

    [Fact]
    public void AnEmptySentenceGivesAnEmptyOne()
    {
        using var model = SmallModel.Create();
        var result = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec).Translate(["", "w1 w2", "  "]);

        Assert.Equal("", result[0].Text);
        Assert.Equal("", result[2].Text);
        Assert.Equal(["w1", "w2"], result[1].Source);
    }

    [Fact]
    public void WeightsAreOverWordsNotOverPaddingOrMarks()
    {
        using var model = SmallModel.Create("hard");
        var translator = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec);
        var weights = translator.Align([(["w1", "w2", "w3"], ["w4"]), (["w1"], ["w2", "w3"])]);

        Assert.Equal((1, 3), (weights[0].GetLength(0), weights[0].GetLength(1)));
        Assert.Equal((2, 1), (weights[1].GetLength(0), weights[1].GetLength(1)));
    }

    /// <summary>A model that knows no word but the unknown one says what it reads.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void UnknownWordsAreCopiedFromTheSource(string kind)
    {
        using var model = SmallModel.Create(kind);
        using (no_grad())
            model.named_parameters().Single(item => item.name.EndsWith("word_bias", StringComparison.Ordinal))
                .parameter[Translator.Text.SpecialTokens.UnknownId].fill_(100);

        var translation = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec).Translate(["w1 w2"])[0];

        Assert.NotEmpty(translation.Target);
        for (var i = 0; i < translation.Target.Length; i++)
            Assert.Equal(translation.Weights[i, 0] >= translation.Weights[i, 1] ? "w1" : "w2", translation.Target[i]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TranslatingLeavesNoTensor(string kind)
    {
        using var model = SmallModel.Create(kind);
        string[][] sentences = [.. SmallModel.Reversals(6, seed: 12).Select(pair => SmallModel.Text(pair.Source))];
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        foreach (var beam in (BeamOptions?[])[null, new BeamOptions(Beam: 3)])
            new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec, batchSize: 6, beam).Translate(sentences); // one batch: on this thread
        new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec).Align([(["w1", "w2", "w3"], ["w4"])]);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AnUnknownAttentionIsNamed()
    {
        var error = Assert.Throws<ArgumentException>(() => SmallModel.Create("telepathy"));
        Assert.Contains("telepathy", error.Message);
    }

    [Fact]
    public void AFaultOfATransformerIsNamed()
    {
        var sound = SmallModel.Transformers["transformer"];
        Assert.Null(sound.Fault());
        foreach (var (options, named) in new (TransformerModelOptions, string)[]
        {
            (sound with { Heads = 3 }, "3 heads"), (sound with { EncoderLayers = 0 }, "0 and 3"), (sound with { FeedForwardDim = 0 }, "feed-forward"),
            (sound with { Heads = 16, Positions = PositionKind.Rotary }, "pairs"), (sound with { Tying = EmbeddingTying.All, SourceWords = 12 }, "joint"),
            (sound with { AlignmentHead = 2 }, "head 2"), (sound with { Dropout = 1 }, "dropout"), (sound with { EmbeddingDim = 1L << 40 }, "word vector"),
            (sound with { Activation = (Activation)9 }, "unknown"),
        })
            Assert.Contains(named, Assert.Throws<ArgumentException>(() => TranslationModel.Create(options)).Message);
    }

    /// <summary>The loss of attention that looks where links say is that of the words alone; what it looks at elsewhere is added.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void GuidanceIsTheCrossEntropyOfLinksAndWeights(string kind)
    {
        using var model = SmallModel.Create(kind);
        model.eval(); // training puts noise on monotonic attention
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        EncodedPair[] pairs =
        [
            new([4, 5, 6], [7, 8]) { Links = [new(0, 0), new(2, 1), new(1, 1), new(1, 1)] },
            new([4, 5], [7, 8, 9, 10]) { Links = [new(1, 3)] },
        ];
        using var batch = Batch.Of(pairs, CPU);
        var weights = model.Align(batch);
        double Log(int pair, int target, int source) => Math.Log(Math.Max(1e-9, weights[pair, target, source].item<float>()));
        var expected = -(Log(0, 0, 0) + ((Log(0, 1, 1) + Log(0, 1, 2)) / 2) + Log(1, 3, 1)) / batch.TargetTokens;

        var guided = model.Loss(batch, alignmentWeight: 0.7).item<float>() - model.Loss(batch).item<float>();

        Assert.Equal(0.7 * expected, guided, 1e-5 * Math.Max(1, expected));
        using var unlinked = Batch.Of([.. pairs.Select(pair => new EncodedPair(pair.Source, pair.Target))], CPU);
        Assert.Equal(model.Loss(unlinked).item<float>(), model.Loss(unlinked, alignmentWeight: 0.7).item<float>());
    }

    [Fact]
    public void LearntPositionsEnd()
    {
        using var model = SmallModel.Create("transformer, learned, untied");
        using var scope = NewDisposeScope();
        var longest = (int)model.LongestSentence!.Value;
        long[] Sentence(int length) => [.. Enumerable.Repeat(5L, length - 1)];

        using var fits = Batch.Of([new EncodedPair(Sentence(longest), Sentence(3))], CPU);
        model.Loss(fits);
        using var tooLong = Batch.Of([new EncodedPair(Sentence(3), Sentence(longest + 1))], CPU);
        var error = Assert.Throws<InputException>(() => model.Loss(tooLong));
        Assert.Contains($"{longest + 1:N0}", error.Message);
        Assert.Null(SmallModel.Create().LongestSentence);
    }

    /// <summary>The same at every step, and as one call would find them.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void TheWeightsOfStepsAreThoseOfTheWhole(string kind)
    {
        using var model = SmallModel.Create(kind);
        model.eval();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var pairs = SmallModel.Reversals(5, seed: 11, longest: 6);
        using var batch = Batch.Of(pairs, CPU);
        var whole = model.Align(batch); // (b, t, s)

        using var writer = model.Begin(batch);
        for (var i = 0; i < batch.TargetInput!.size(1); i++)
        {
            var weights = writer.Step(batch.TargetInput.select(1, i)).Weights;
            Assert.True((weights - whole.select(1, i)).abs().max().item<float>() < 1e-5, $"step {i}");
        }
        // Local attention's weights are those of a distribution times a bell; monotonic attention may have passed the end.
        if (kind is not ("local" or "monotonic")) Assert.True((whole.sum(-1) - 1).abs().max().item<float>() < 1e-5);
        for (var i = 0; i < pairs.Count; i++)
            Assert.Equal(0, whole[i, .., (pairs[i].Source.Length + 1)..].sum().item<float>());
    }
}
