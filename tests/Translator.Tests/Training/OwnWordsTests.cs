using TorchSharp;
using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using Translator.Tests.Model;
using Translator.Text;
using Translator.Training;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Training;

public sealed class OwnWordsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TranslationModel model = SmallModel.Create(dropout: 0.5);
    private readonly Batch batch = Batch.Of(SmallModel.Reversals(200, seed: 1), CPU);
    private readonly long[] given;

    public OwnWordsTests()
    {
        model.train();
        given = Read();
    }

    public void Dispose()
    {
        batch.Dispose();
        model.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void AllButMarksAndPaddingAreWhatTheModelWouldHaveWritten()
    {
        model.eval();
        var own = model.Predict(batch).data<long>().ToArray();
        model.train();

        OwnWords.Mix(batch, model, probability: 1, new SplitMix64(1));

        var width = (int)batch.TargetInput!.size(1);
        long[] expected = [.. given.Select((word, i) => i % width == 0 || word == SpecialTokens.PadId ? word : own[i - 1])];
        Assert.NotEqual(given, expected);
        Assert.Equal(expected, Read());
        Assert.True(model.training);
    }

    [Fact]
    public void NothingIsReplacedWithoutProbability()
    {
        OwnWords.Mix(batch, model, probability: 0, new SplitMix64(1));
        Assert.Equal(given, Read());
    }

    [Fact]
    public void TheShareIsTheProbabilityAndTheSeedDecidesWhich()
    {
        // A model that always writes one word that is never given shows every place.
        using (no_grad()) model.named_parameters().Single(item => item.name == "decoder.word_bias").parameter[SpecialTokens.UnknownId] = 1e6;
        OwnWords.Mix(batch, model, probability: 0.3, new SplitMix64(1));
        var read = Read();

        var words = given.Count(word => word is not (SpecialTokens.PadId or SpecialTokens.BeginId));
        var share = read.Count(word => word == SpecialTokens.UnknownId) / (double)words;
        Assert.Equal(0.3, share, 4 * Math.Sqrt(0.3 * 0.7 / words)); // four standard deviations
    }

    private long[] Read() => batch.TargetInput!.data<long>().ToArray();
}
