using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace TorchAttention.Consumer.Tests;

/// <summary>The code of the README and the documents is the Quickstart's, which is compiled and run.</summary>
public partial class ReadmeTests
{
    private static readonly string Root = typeof(ReadmeTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Theory]
    [InlineData("README.md", "README")]
    [InlineData("docs/flex-attention.md", "flex-attention")]
    public void EverySnippetIsCompiled(string document, string mark)
    {
        var snippets = Snippet().Matches(Read(document)).Select(match => match.Groups["code"].Value.Trim()).ToList();
        var files = Directory.GetFiles(Path.Combine(Root, "samples", "Quickstart"), "*.cs").Order(StringComparer.Ordinal);
        var compiled = files.SelectMany(file => Region().Matches(Read(file)))
            .Where(match => match.Groups["mark"].Value == mark).Select(match => match.Groups["code"].Value.Trim()).ToList();

        Assert.NotEmpty(snippets);
        Assert.Equal(compiled, snippets);
    }

    [Fact]
    public void EveryModuleAndPartIsInTheTable()
    {
        var readme = Read("README.md");
        var parts = typeof(Attention).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(TorchSharp.torch.nn.Module)) && !type.IsAbstract);

        Assert.All(parts, type => Assert.Contains($"`{type.Name}`", readme));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/choosing.md")]
    [InlineData("docs/flex-attention.md")]
    [InlineData("docs/performance.md")]
    [InlineData("models/README.md")]
    [InlineData("samples/Translator/README.md")]
    public void EveryFileThatItShowsOrLinksExists(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
        var links = Link().Matches(Read(document)).Select(match => match.Groups["target"].Value).Where(target => !target.StartsWith("http"));

        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{link} does not exist"));
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path])).ReplaceLineEndings("\n");

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex("// (?<mark>README|flex-attention): (?!end)[^\n]*\n(?<code>.*?)// \\k<mark>: end", RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\]\((?<target>[^)#]+)\)")]
    private static partial Regex Link();
}
