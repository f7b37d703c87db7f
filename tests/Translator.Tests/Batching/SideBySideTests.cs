using Translator.Batching;
using Translator.Search;
using Translator.Tests.Model;
using Translator.Tests.Training;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Batching;

/// <summary>Work on several threads, whose number is the whole process's: no other test runs beside these.</summary>
[Collection(nameof(TrainerTests))]
public sealed class SideBySideTests : IDisposable
{
    private const int Threads = 3;

    public SideBySideTests() => set_num_threads(Threads);

    public void Dispose() => set_num_threads(1);

    [Theory]
    [InlineData("additive")]
    [InlineData("transformer")]
    public void BatchesAreTranslatedAsOnOneThread(string kind)
    {
        using var model = SmallModel.Create(kind);
        string[][] sentences = [.. SmallModel.Reversals(20, seed: 6).Select(pair => SmallModel.Text(pair.Source)), []];

        foreach (var beam in (BeamOptions?[])[null, new BeamOptions(Beam: 3, Best: 2)])
        {
            var translator = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec, batchSize: 3, beam);
            set_num_threads(1);
            var alone = translator.TranslateBest(sentences);
            set_num_threads(Threads);
            var together = translator.TranslateBest(sentences);

            Assert.Equal(alone.Select(Texts), together.Select(Texts));
        }

        static string Texts(IReadOnlyList<Translation> best) => string.Join('\n', best.Select(each => $"{each.Text} {each.Score:F4}"));
    }

    [Fact]
    public void ACancelledTranslationStopsAndTheNextGoesOn()
    {
        using var model = SmallModel.Create();
        var translator = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec, batchSize: 1);
        string[][] sentences = [.. SmallModel.Reversals(9, seed: 6).Select(pair => SmallModel.Text(pair.Source))];
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => translator.Translate(sentences, cancellation.Token));
        Assert.Equal(sentences, translator.Translate(sentences).Select(translation => translation.Source));
    }

    [Fact]
    public void ThreadsThatComeLaterHaveTheNumberThatWasSet()
    {
        using var crew = new Crew(Threads);
        var (inside, later) = (new int[Threads], 0);
        crew.Run(number => inside[number] = get_num_threads());
        var thread = new Thread(() => later = get_num_threads());
        thread.Start();
        thread.Join();

        Assert.All(inside, count => Assert.Equal(1, count));
        Assert.Equal(Threads, later);
        Assert.Equal(Threads, get_num_threads());
    }
}
