using Translator.Corpus.Toy;
using Xunit;

namespace Translator.Tests.Corpus.Toy;

public class ToyCorpusTests
{
    private static readonly Lazy<ToyCorpus> Generated = new(() => ToyCorpus.Generate());

    private static ToyCorpus Corpus => Generated.Value;

    private static IEnumerable<ToyPair> All => [.. Corpus.Train, .. Corpus.Valid, .. Corpus.Test];

    [Fact]
    public void The_committed_files_are_what_the_generator_makes()
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "data", "toy");

        foreach (var (name, content) in Corpus.Files())
            Assert.True(File.ReadAllBytes(Path.Combine(directory, name)).AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(content)), name);
    }

    [Fact]
    public void Write_writes_those_files()
    {
        var directory = Directory.CreateTempSubdirectory("toy").FullName;
        try
        {
            Corpus.Write(directory);

            Assert.Equal(Corpus.Files().Select(file => file.Name).Order(), Directory.GetFiles(directory).Select(Path.GetFileName).Order());
            foreach (var (name, content) in Corpus.Files())
                Assert.Equal(content, File.ReadAllText(Path.Combine(directory, name)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Splits_have_their_sizes()
    {
        Assert.Equal(20_000, Corpus.Train.Count);
        Assert.Equal(1_000, Corpus.Valid.Count);
        Assert.Equal(1_000, Corpus.Test.Count);
    }

    [Fact]
    public void No_source_sentence_comes_twice_in_a_split_or_across() =>
        Assert.Equal(All.Count(), All.Select(pair => pair.Source).Distinct().Count());

    [Fact]
    public void Every_word_of_the_held_out_splits_is_frequent_in_training()
    {
        AssertFrequent(pair => pair.Source);
        AssertFrequent(pair => pair.Target);
    }

    [Fact]
    public void Sentences_have_3_to_14_lower_case_tokens_apart_by_one_space() =>
        Assert.All(All.SelectMany(pair => new[] { pair.Source, pair.Target }), sentence =>
        {
            var tokens = sentence.Split(' ');
            Assert.InRange(tokens.Length, 3, 14);
            Assert.DoesNotContain("", tokens);
            Assert.Equal(sentence.ToLowerInvariant(), sentence);
            Assert.Contains(tokens[^1], new[] { ".", "?" });
        });

    [Fact]
    public void Links_are_in_range_sorted_and_distinct() =>
        Assert.All(All, pair =>
        {
            var links = Links(pair);
            var (sourceLength, targetLength) = (pair.Source.Split(' ').Length, pair.Target.Split(' ').Length);
            Assert.All(links, link => Assert.True(link.Source < sourceLength && link.Target < targetLength));
            Assert.Equal(links.Distinct().Order(), links);
        });

    [Fact]
    public void Every_word_is_linked_but_the_article_of_what_is_owned() =>
        Assert.All(All, pair =>
        {
            var (source, links) = (pair.Source.Split(' '), Links(pair));
            var unlinked = source.Where((_, i) => links.All(link => link.Source != i)).ToArray();
            Assert.All(unlinked, word => Assert.Contains(word, new[] { "le", "la", "les", "l'" }));
            Assert.True(unlinked.Length <= pair.Target.Split(' ').Count(word => word == "'s")); // fewer where au or du holds it
            Assert.All(Enumerable.Range(0, pair.Target.Split(' ').Length), j => Assert.Contains(links, link => link.Target == j));
        });

    [Fact]
    public void The_lexicon_has_at_least_200_lemmas() => Assert.True(Lexicon.LemmaCount >= 200, $"{Lexicon.LemmaCount}");

    [Fact]
    public void A_french_noun_has_one_english_one() =>
        Assert.Equal(Nouns.All.Count, Nouns.All.Select(noun => noun.French).Distinct().Count());

    private static void AssertFrequent(Func<ToyPair, string> side)
    {
        var counts = Corpus.Train.SelectMany(pair => side(pair).Split(' ')).CountBy(form => form).ToDictionary();
        Assert.All(
            Corpus.Valid.Concat(Corpus.Test).SelectMany(pair => side(pair).Split(' ')).Distinct(),
            form => Assert.True(counts.GetValueOrDefault(form) >= 15, $"'{form}' comes {counts.GetValueOrDefault(form)} times"));
    }

    private static (int Source, int Target)[] Links(ToyPair pair) =>
        [.. pair.Links.Split(' ').Select(link => link.Split('-')).Select(ends => (int.Parse(ends[0]), int.Parse(ends[1])))];
}
