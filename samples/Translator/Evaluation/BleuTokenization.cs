namespace Translator.Evaluation;

/// <summary>How <see cref="Bleu"/> cuts a sentence into words.</summary>
public enum BleuTokenization
{
    /// <summary>As NIST's mteval-v13a does, sacreBLEU's default: for plain text.</summary>
    Mteval13a,

    /// <summary>At whitespace alone: for text that is tokenised already.</summary>
    None,
}
