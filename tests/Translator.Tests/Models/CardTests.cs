using System.Globalization;
using System.Text.RegularExpressions;
using Translator.Cli;
using Translator.Corpus.Toy;
using Translator.Search;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Models;

/// <summary>The models that come with the sample are as good as their cards say.</summary>
public partial class CardTests
{
    private const long MostBytes = 5_000_000;

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "models");

    public static TheoryData<string> Pairs => [.. Language.Sources.Select(language => language.Pair)];

    [Fact]
    public void EveryPairHasAModel() =>
        Assert.Equal(Language.Sources.Select(language => language.Pair).Order(), Directory.GetDirectories(Folder).Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Pairs))]
    public void TheScoresAreThoseOfTheCard(string pair)
    {
        var checkpoint = Checkpoint.Load(Path.Combine(Folder, pair));
        using var model = checkpoint.Model;

        var result = new ToyTask(ToyTask.From(pair)).Test(checkpoint);

        var card = Scores(File.ReadAllText(Path.Combine(Folder, pair, "README.md")));
        AssertClose(card["BLEU"], result.Bleu.Score);
        AssertClose(card["exact match"], 100 * result.ExactMatch.Rate);
        AssertClose(card["alignment error rate"], 100 * result.AlignmentErrorRate.Rate);
        Assert.True(card["exact match"] >= 98 && card["alignment error rate"] <= 5);
    }

    /// <summary>Of its test set, greedily and with a beam.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void ABatchIsTranslatedAsItsSentencesAlone(string pair)
    {
        var checkpoint = Checkpoint.Load(Path.Combine(Folder, pair));
        using var model = checkpoint.Model;
        var code = pair.Split('-')[0];
        var corpus = Path.Combine(AppContext.BaseDirectory, "data", code == "fr" ? "toy" : $"toy-{code}");
        string[] lines = [.. File.ReadLines(Path.Combine(corpus, $"test.{code}")).Take(300)];
        Assert.Equal(300, lines.Length);

        foreach (var beam in (BeamOptions?[])[null, new BeamOptions(Beam: 5)])
            Assert.Equal(Texts(batchSize: 1, beam), Texts(batchSize: 64, beam));

        string[] Texts(int batchSize, BeamOptions? beam) =>
            [.. new SentenceTranslator(model, checkpoint.Source, checkpoint.Target, batchSize, beam).Translate(lines).Select(translation => translation.Text)];
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void AModelIsSmall(string pair) =>
        Assert.InRange(Directory.GetFiles(Path.Combine(Folder, pair)).Sum(file => new FileInfo(file).Length), 1, MostBytes);

    /// <summary>Another processor rounds otherwise, which may turn two of the thousand sentences; the card has one decimal.</summary>
    private static void AssertClose(double card, double score) => Assert.InRange(score, card - 0.25, card + 0.25);

    private static Dictionary<string, double> Scores(string card) =>
        Score().Matches(card).ToDictionary(row => row.Groups["name"].Value, row => double.Parse(row.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^\| (?<name>BLEU|exact match|alignment error rate) \| (?<value>[0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Score();
}
