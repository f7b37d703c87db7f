using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace TorchAttention.Consumer.Tests;

/// <summary>The README's code is the Quickstart's, which is compiled and run.</summary>
public partial class ReadmeTests
{
    private static readonly string Root = typeof(ReadmeTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public void EverySnippetIsCompiled()
    {
        var snippets = Snippet().Matches(Read("README.md")).Select(match => match.Groups["code"].Value.Trim()).ToList();
        var compiled = Region().Matches(Read("samples", "Quickstart", "Program.cs")).Select(match => match.Groups["code"].Value.Trim()).ToList();

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

    [Fact]
    public void EveryFileThatItShowsOrLinksExists()
    {
        var links = Link().Matches(Read("README.md")).Select(match => match.Groups["target"].Value).Where(target => !target.StartsWith("http"));

        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(Root, link)), $"{link} does not exist"));
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path])).ReplaceLineEndings("\n");

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex("// README: (?!end)[^\n]*\n(?<code>.*?)// README: end", RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\]\((?<target>[^)#]+)\)")]
    private static partial Regex Link();
}
