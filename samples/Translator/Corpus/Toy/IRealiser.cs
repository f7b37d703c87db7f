namespace Translator.Corpus.Toy;

/// <summary>Puts a meaning into the words of one language.</summary>
public interface IRealiser
{
    IReadOnlyList<Token> Realise(Sentence sentence);
}
