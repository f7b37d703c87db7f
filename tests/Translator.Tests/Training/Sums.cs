using System.Security.Cryptography;

namespace Translator.Tests.Training;

/// <summary>The checksums of a checkpoint, by a second implementation.</summary>
internal static class Sums
{
    internal const string Name = "SHA256SUMS";

    /// <summary>Makes them right after a file was changed, so that what is behind them has to notice.</summary>
    internal static void Renew(string checkpoint) => File.WriteAllLines(Path.Combine(checkpoint, Name), Of(checkpoint));

    internal static IEnumerable<string> Of(string checkpoint) => Directory
        .GetFiles(checkpoint)
        .Where(path => Path.GetFileName(path) != Name)
        .Order(StringComparer.Ordinal)
        .Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}  {Path.GetFileName(path)}")
        .ToList();
}
