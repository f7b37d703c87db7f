using System.Security.Cryptography;
using System.Text;
using Translator.Corpus;

namespace Translator.Training;

/// <summary>The sentences of a training, as its files have them.</summary>
/// <param name="Training">The pairs to train on.</param>
/// <param name="Validation">The pairs to choose the best epoch by.</param>
public sealed record TrainingText(IReadOnlyList<SentencePair> Training, IReadOnlyList<SentencePair> Validation)
{
    /// <summary>The SHA-256 of all sentences and links: a training that goes on with others would be another one.</summary>
    /// <remarks>Of the text rather than the files, so that it does not matter how they are compressed or whether they are a pipe.</remarks>
    public string Checksum()
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var pairs in (IReadOnlyList<SentencePair>[])[Training, Validation])
        {
            foreach (var pair in pairs) sum.AppendData(Encoding.UTF8.GetBytes($"{pair.Source}\n{pair.Target}\n{string.Join(' ', pair.Links ?? [])}\n"));
            sum.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }
}
