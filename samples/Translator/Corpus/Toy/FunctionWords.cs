namespace Translator.Corpus.Toy;

/// <summary>Numerals, conjunctions and question words.</summary>
public static class FunctionWords
{
    public static IReadOnlyList<Numeral> Numerals { get; } =
    [
        new("deux", "two"),
        new("trois", "three"),
        new("quatre", "four"),
        new("cinq", "five"),
        new("six", "six"),
        new("dix", "ten"),
    ];

    public static Conjunction And { get; } = new("et", "and");

    public static Conjunction But { get; } = new("mais", "but");

    public static Conjunction That { get; } = new("que", "that");

    public static Conjunction Because { get; } = new("parce que", "because");

    public static QuestionWord Where { get; } = new("où", "where", Asked.Adjunct);

    public static QuestionWord When { get; } = new("quand", "when", Asked.Adjunct);

    public static QuestionWord Why { get; } = new("pourquoi", "why", Asked.Adjunct);

    public static QuestionWord What { get; } = new("que", "what", Asked.Object);

    public static QuestionWord Whom { get; } = new("qui", "who", Asked.Object);
}
