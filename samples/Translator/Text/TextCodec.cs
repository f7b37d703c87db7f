using System.Text.Json;
using System.Text.Json.Serialization;
using Translator.Corpus;

namespace Translator.Text;

/// <summary>Text of one language to token numbers and back: normalising, cutting and numbering in one value.</summary>
/// <remarks>
/// As files it is a vocabulary with two neighbours: <c>NAME.vocab</c>, <c>NAME.text.json</c> with the options and, for
/// subwords, <c>NAME.merges</c>. A vocabulary alone is of words that are taken as they are.
/// </remarks>
public sealed class TextCodec
{
    private const string OptionsExtension = ".text.json";
    private const string MergesExtension = ".merges";

    /// <summary>A larger one is no file of options.</summary>
    private const long LargestOptions = 1 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private readonly TextNormalizer _normalizer;
    private readonly ITokenizer _tokenizer;

    /// <summary>A codec for words, characters, or subwords made by the given merges.</summary>
    public TextCodec(TextOptions options, Vocabulary vocabulary, IReadOnlyList<Merge>? merges = null)
        : this(options, vocabulary, Tokenizer(options, merges))
    {
    }

    private TextCodec(TextOptions options, Vocabulary vocabulary, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        (Options, Vocabulary, _tokenizer) = (options, vocabulary, tokenizer);
        _normalizer = new TextNormalizer(options.Nfkc, options.LowerCase);
    }

    /// <summary>How text becomes tokens.</summary>
    public TextOptions Options { get; }

    /// <summary>The numbers of the tokens.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>How many tokens there are, the special ones among them.</summary>
    public int Count => Vocabulary.Count;

    private IReadOnlyList<Merge> Merges => _tokenizer is SubwordTokenizer subwords ? subwords.Merges : [];

    /// <summary>Creates the tokenizer that options name.</summary>
    public static ITokenizer Tokenizer(TextOptions options, IReadOnlyList<Merge>? merges = null) => options.Tokenization switch
    {
        Tokenization.Character => new CharacterTokenizer(),
        Tokenization.Subword => new SubwordTokenizer(merges ?? []),
        _ => new WordTokenizer(),
    };

    /// <summary>What is left of a text that differs in nothing that matters: <c>Join(Split(text))</c> is exactly this.</summary>
    public string Normalize(string text)
    {
        var normal = _normalizer.Normalize(text);
        return Options.Tokenization == Tokenization.Word ? normal : VisibleSpace.Unmark(normal);
    }

    /// <summary>The tokens of a text.</summary>
    public string[] Split(string text) => _tokenizer.Split(Normalize(text));

    /// <summary>The text of tokens, with spaces where people write them.</summary>
    public string Join(IEnumerable<string> tokens) => _tokenizer.Join(tokens);

    /// <summary>For each token the number of the word it is part of, from 0, or -1 where it is only a space.</summary>
    public int[] Words(IReadOnlyList<string> tokens) => _tokenizer.Words(tokens);

    /// <summary>The numbers of tokens; it adds neither a beginning nor an end.</summary>
    public long[] Encode(IReadOnlyList<string> tokens) => Vocabulary.Encode(tokens);

    /// <summary>The numbers of a text's tokens.</summary>
    public long[] Encode(string text) => Encode(Split(text));

    /// <summary>The tokens of numbers, up to the end mark.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside the vocabulary.</exception>
    public string[] Decode(IEnumerable<long> ids) => Vocabulary.Decode(ids);

    /// <summary>Whether a token has the same number in both codecs, so that a model may share its embeddings.</summary>
    public bool SharesVocabularyWith(TextCodec other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || Vocabulary.Tokens.SequenceEqual(other.Vocabulary.Tokens, StringComparer.Ordinal);
    }

    /// <summary>Whether every text has the same tokens, with the same numbers, in both codecs.</summary>
    public bool IsSameAs(TextCodec other) =>
        SharesVocabularyWith(other) && Options == other.Options && Merges.SequenceEqual(other.Merges);

    /// <summary>Writes the vocabulary to <paramref name="path"/> and the rest beside it.</summary>
    public void Save(string path)
    {
        Vocabulary.Save(path);
        VocabularyFile.Write(Path.ChangeExtension(path, OptionsExtension), [JsonSerializer.Serialize(Options, Json)]);
        if (_tokenizer is SubwordTokenizer subwords)
            MergeFile.Write(Path.ChangeExtension(path, MergesExtension), subwords.Merges);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, or a vocabulary alone.</summary>
    /// <exception cref="InputException">A file is damaged; the message names it and the line.</exception>
    public static TextCodec Load(string path)
    {
        var vocabulary = Vocabulary.Load(path);
        var optionsPath = Path.ChangeExtension(path, OptionsExtension);
        var options = File.Exists(optionsPath) ? ReadOptions(optionsPath) : new TextOptions();
        return options.Tokenization == Tokenization.Subword
            ? new TextCodec(options, vocabulary, MergeFile.Read(Path.ChangeExtension(path, MergesExtension)))
            : new TextCodec(options, vocabulary);
    }

    private static TextOptions ReadOptions(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<TextOptions>(string.Join('\n', TextLines.Plain(path, LargestOptions)), Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}:{(error.LineNumber ?? 0) + 1}: no options of a text: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
