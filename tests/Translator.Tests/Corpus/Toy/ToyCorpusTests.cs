using System.IO.Compression;
using System.Text;
using Translator.Corpus;
using Translator.Corpus.Toy;
using Xunit;

namespace Translator.Tests.Corpus.Toy;

public class ToyCorpusTests
{
    private static readonly Dictionary<string, Lazy<ToyCorpus>> Generated =
        Language.Sources.ToDictionary(from => from.Code, from => new Lazy<ToyCorpus>(() => ToyCorpus.Generate(from)));

    public static TheoryData<string> Codes => [.. Generated.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_committed_files_are_what_the_generator_makes(string code)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "data", code == "fr" ? "toy" : $"toy-{code}");

        foreach (var (name, content) in Generated[code].Value.Files())
            Assert.True(Committed(Path.Combine(directory, name)).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(content)), name);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Write_writes_those_files(string code)
    {
        var corpus = Generated[code].Value;
        using var folder = new TemporaryFolder();

        corpus.Write(folder.File("toy"));

        Assert.Equal(corpus.Files().Select(file => file.Name).Order(), Directory.GetFiles(folder.File("toy")).Select(Path.GetFileName).Order());
        foreach (var (name, content) in corpus.Files())
            Assert.Equal(content, File.ReadAllText(Path.Combine(folder.File("toy"), name)));
    }

    [Fact]
    public void Write_replaces_other_files_only_if_told_to()
    {
        using var folder = new TemporaryFolder();
        var (french, chinese) = (Small("fr"), Small("zh"));
        french.Write(folder.Path);
        french.Write(folder.Path);

        // The English sides have the same names.
        Assert.Contains("test.en", Assert.Throws<InputException>(() => (chinese with { Train = french.Train, Valid = french.Valid }).Write(folder.Path)).Message);
        Assert.Equal(french.Files().Select(file => file.Name).Order(), Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());

        chinese.Write(folder.Path, overwrite: true);
        foreach (var (name, content) in chinese.Files())
            Assert.Equal(content, File.ReadAllText(Path.Combine(folder.Path, name)));

        static ToyCorpus Small(string code)
        {
            var all = Generated[code].Value;
            return new(all.From, [all.Train[0]], [all.Valid[0]], [all.Test[0]]);
        }
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Splits_have_their_sizes(string code)
    {
        Assert.Equal(20_000, Generated[code].Value.Train.Count);
        Assert.Equal(1_000, Generated[code].Value.Valid.Count);
        Assert.Equal(1_000, Generated[code].Value.Test.Count);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void No_source_sentence_comes_twice_in_a_split_or_across(string code) =>
        Assert.Equal(All(code).Length, All(code).Select(pair => pair.Source).Distinct().Count());

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_token_of_the_held_out_splits_is_frequent_in_training(string code)
    {
        var corpus = Generated[code].Value;
        AssertFrequent(corpus, pair => corpus.From.Split(pair.Source));
        AssertFrequent(corpus, pair => Language.English.Split(pair.Target));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Sentences_are_short_and_lower_case(string code)
    {
        var from = Generated[code].Value.From;
        Assert.All(All(code), pair =>
        {
            AssertSentence(from.Split(pair.Source), from);
            AssertSentence(Language.English.Split(pair.Target), Language.English);
        });
    }

    [Fact]
    public void Chinese_sentences_are_of_characters_and_their_marks() =>
        Assert.All(All("zh").SelectMany(pair => pair.Source), character => Assert.True(character is (>= '\u4E00' and <= '\u9FFF') or '，' or '。' or '？'));

    [Theory]
    [MemberData(nameof(Codes))]
    public void Links_are_in_range_sorted_and_distinct(string code)
    {
        var from = Generated[code].Value.From;
        Assert.All(All(code), pair =>
        {
            var links = Links(pair);
            var (sourceLength, targetLength) = (from.Split(pair.Source).Length, Language.English.Split(pair.Target).Length);
            Assert.All(links, link => Assert.True(link.Source < sourceLength && link.Target < targetLength));
            Assert.Equal(links.Distinct().Order(), links);
        });
    }

    [Fact]
    public void Every_french_word_is_linked_but_the_article_of_what_is_owned() =>
        Assert.All(All("fr"), pair =>
        {
            var unlinked = Unlinked(pair, Language.French);
            Assert.All(unlinked, word => Assert.Contains(word, new[] { "le", "la", "les", "l'" }));
            Assert.True(unlinked.Length <= pair.Target.Split(' ').Count(word => word == "'s")); // fewer where au or du holds it
        });

    [Fact]
    public void Every_chinese_character_is_linked() => Assert.All(All("zh"), pair => Assert.Empty(Unlinked(pair, Language.Chinese)));

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_english_word_is_linked(string code) =>
        Assert.All(All(code), pair => Assert.Equal(pair.Target.Split(' ').Length, Links(pair).DistinctBy(link => link.Target).Count()));

    [Fact]
    public void The_lexicon_has_at_least_200_lemmas() => Assert.True(Lexicon.LemmaCount >= 200, $"{Lexicon.LemmaCount}");

    [Fact]
    public void A_french_noun_has_one_english_one() =>
        Assert.Equal(Nouns.All.Count, Nouns.All.Select(noun => noun.French).Distinct().Count());

    private static ToyPair[] All(string code)
    {
        var corpus = Generated[code].Value;
        return [.. corpus.Train, .. corpus.Valid, .. corpus.Test];
    }

    /// <summary>Large files are packed.</summary>
    private static byte[] Committed(string path)
    {
        if (File.Exists(path)) return File.ReadAllBytes(path);
        using var unpacked = new MemoryStream();
        using (var packed = new GZipStream(File.OpenRead(path + ".gz"), CompressionMode.Decompress)) packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static void AssertSentence(string[] tokens, Language language)
    {
        Assert.InRange(tokens.Length, 3, language.MostTokens);
        Assert.DoesNotContain("", tokens);
        Assert.All(tokens, token => Assert.Equal(token.ToLowerInvariant(), token));
        Assert.Contains(tokens[^1], new[] { ".", "?", "。", "？" });
    }

    private static void AssertFrequent(ToyCorpus corpus, Func<ToyPair, string[]> side)
    {
        var counts = corpus.Train.SelectMany(side).CountBy(form => form).ToDictionary();
        Assert.All(
            corpus.Valid.Concat(corpus.Test).SelectMany(side).Distinct(),
            form => Assert.True(counts.GetValueOrDefault(form) >= 15, $"'{form}' comes {counts.GetValueOrDefault(form)} times"));
    }

    private static string[] Unlinked(ToyPair pair, Language from)
    {
        var linked = Links(pair).Select(link => link.Source).ToHashSet();
        return [.. from.Split(pair.Source).Where((_, i) => !linked.Contains(i))];
    }

    private static (int Source, int Target)[] Links(ToyPair pair) =>
        [.. pair.Links.Split(' ').Select(link => link.Split('-')).Select(ends => (int.Parse(ends[0]), int.Parse(ends[1])))];
}
