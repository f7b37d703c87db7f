using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Conventions;

/// <summary>What the docs of the public API tell its users, beyond what the compiler asks for.</summary>
public partial class Documentation
{
    private static readonly MemberInfo[] Members = [.. XmlDocs.Types, .. XmlDocs.Types.SelectMany(XmlDocs.Visible)];

    /// <summary>The modules that a user makes.</summary>
    private static readonly Type[] Modules = [.. XmlDocs.Types.Where(type => type.IsAssignableTo(typeof(nn.Module)) && !type.IsAbstract)];

    [Fact]
    public void IsFound()
    {
        Assert.NotEmpty(Modules);
        Assert.True(Written().Count() > Members.Length / 2, "most members have no docs: their names are not those in the file");
    }

    /// <summary>A sentence or more, not a word. What has no docs was not written by anyone, or is a record's own.</summary>
    [Fact]
    public void HasASummaryOfSentences()
    {
        Assert.Empty(Members.Where(member => XmlDocs.Of(member) is null && !IsWrittenElsewhere(member)).Select(Name));
        Assert.Empty(
            from written in Written()
            let summary = XmlDocs.Text(written.Docs.Elements("summary"))
            where !summary.Any(char.IsWhiteSpace) || summary[^1] is not ('.' or ':')
            select $"{Name(written.Member)}: '{summary}'");
    }

    [Fact]
    public void ExplainsEveryParameter() => Assert.Empty(
        from written in Written()
        where written.Member is MethodBase
        from parameter in ((MethodBase)written.Member).GetParameters()
        where XmlDocs.Text(written.Docs.Elements("param").Where(param => param.Attribute("name")!.Value == parameter.Name)).Length == 0
        select $"{Name(written.Member)}: {parameter.Name}");

    [Fact]
    public void ExplainsEveryResult() => Assert.Empty(
        from written in Written()
        where written.Member is MethodInfo method && method.ReturnType != typeof(void) && XmlDocs.Text(written.Docs.Elements("returns")).Length == 0
        select Name(written.Member));

    /// <summary>What checks its arguments or throws says what it throws, and when.</summary>
    [Fact]
    public void NamesTheExceptions()
    {
        var throwing = Written().Where(written => Code(written.Member) is { } code && MethodCode.Throws(code)).ToList();
        Assert.True(throwing.Count > Modules.Length, "nearly nothing was found that throws");
        Assert.Empty(
            from written in throwing
            let exceptions = written.Docs.Elements("exception").ToList()
            where exceptions.Count == 0 || exceptions.Any(exception => XmlDocs.Text([exception]).Length == 0)
            select Name(written.Member));
    }

    public static IEnumerable<TheoryDataRow<string>> ModuleNames => Modules.Select(type => new TheoryDataRow<string>(type.Name));

    /// <summary>A formula; the shapes, which a base may state for all of its kind; a source with its year.</summary>
    [Theory]
    [MemberData(nameof(ModuleNames))]
    public void TellsWhatAModuleComputes(string name)
    {
        var type = Modules.Single(module => module.Name == name);
        var own = Docs(type);
        var inherited = Bases(type).Select(Docs).Prepend(own);

        Assert.True(own.Descendants("code").Any() || Formula().IsMatch(Text(own)), $"{name} gives no formula");
        Assert.Contains(inherited, docs => Shape().IsMatch(Text(docs)));
        Assert.True(Year().IsMatch(Text(own)), $"{name} names no source with its year");
    }

    private static MethodBase? Code(MemberInfo member) => member is PropertyInfo property ? property.GetGetMethod(nonPublic: true) : member as MethodBase;

    private static XElement Docs(Type type) => XmlDocs.Of(type)!;

    private static string Text(XElement docs) => XmlDocs.Text([docs]);

    private static IEnumerable<Type> Bases(Type type)
    {
        for (var parent = type.BaseType; parent is not null && parent.Assembly == type.Assembly; parent = parent.BaseType) yield return parent;
    }

    /// <summary>The members whose docs are written out.</summary>
    private static IEnumerable<(MemberInfo Member, XElement Docs)> Written() =>
        from member in Members
        let docs = XmlDocs.Of(member)
        where docs is not null && !Inherits(docs)
        select (member, docs);

    private static bool Inherits(XElement docs) => docs.Elements("inheritdoc").Any();

    /// <summary>The constructor that no one wrote, and the properties of a positional record, which its parameters explain.</summary>
    private static bool IsWrittenElsewhere(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => constructor.GetParameters().Length == 0,
        PropertyInfo property => Docs(property.DeclaringType!).Elements("param").Any(param => param.Attribute("name")!.Value == property.Name),
        _ => false,
    };

    private static string Name(MemberInfo member) => member is Type ? member.Name : $"{member.DeclaringType!.Name}.{member.Name}";

    /// <summary>y = x, or softmax(x).</summary>
    [GeneratedRegex(@"=|\w\(")]
    private static partial Regex Formula();

    /// <summary>(…, l, d), (b, s) and the like: at least two sizes in brackets, one of them a letter of the legend.</summary>
    [GeneratedRegex(@"\((?=[^()]*\b[bhlsden]\b)[^(),]+(, [^(),]+)+\)")]
    private static partial Regex Shape();

    [GeneratedRegex(@"\b(19|20)\d\d\b")]
    private static partial Regex Year();
}
