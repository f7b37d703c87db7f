using TorchSharp;
using Translator.Batching;
using Translator.Model;
using Translator.Search;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Model;

public class TranslationModelTests
{
    public static TheoryData<string> Kinds => [.. AttentionKind.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PaddingChangesNothing(string attention)
    {
        using var model = SmallModel.Create(attention);
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
    public void ABatchIsTranslatedAsItsSentencesAlone(string attention)
    {
        using var model = SmallModel.Create(attention);
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
    public void ReadingWordByWordIsReadingAllAtOnce(string attention)
    {
        using var model = SmallModel.Create(attention);
        model.eval();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var pair = SmallModel.Reversals(1, seed: 8, longest: 6)[0];
        using var batch = Batch.Of([pair], CPU);
        var expected = model.Loss(batch).item<float>();

        var (memory, state) = model.Encode(batch);
        long[] words = [Translator.Text.SpecialTokens.BeginId, .. pair.Target];
        long[] next = [.. pair.Target, Translator.Text.SpecialTokens.EndId];
        var sum = 0.0;
        for (var i = 0; i < words.Length; i++)
        {
            var step = model.Step(tensor(new[] { words[i] }), memory, state);
            sum -= step.LogProbabilities[0, next[i]].item<float>();
            state = step.State;
        }

        Assert.Equal(expected, sum / words.Length, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryParameterLearns(string attention)
    {
        using var model = SmallModel.Create(attention);
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

    [Fact]
    public void AnUnknownAttentionIsNamed()
    {
        var error = Assert.Throws<ArgumentException>(() => SmallModel.Create("telepathy"));
        Assert.Contains("telepathy", error.Message);
    }
}
