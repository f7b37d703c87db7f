namespace Translator.Model;

/// <summary>Which of a Transformer's three tables of word vectors are one (Press and Wolf, 2017).</summary>
public enum EmbeddingTying
{
    /// <summary>The source's, the target's and the output layer's are three.</summary>
    None,

    /// <summary>The output layer has the target's.</summary>
    Target,

    /// <summary>All are one, which takes a joint vocabulary.</summary>
    All,
}
