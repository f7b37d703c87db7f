using System.Reflection;
using System.Xml.Linq;

namespace TorchAttention.Tests.Support;

/// <summary>The library's doc comments, as its users get them.</summary>
internal static class XmlDocs
{
    private static readonly Dictionary<string, XElement> Members =
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, "TorchAttention.xml")).Root!.Element("members")!
            .Elements("member").ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>The types that a user sees.</summary>
    internal static IReadOnlyList<Type> Types { get; } = typeof(Attention).Assembly.GetExportedTypes();

    internal static XElement? Of(MemberInfo member) => Members.GetValueOrDefault(Id(member));

    /// <summary>What a user may call, override or read of a type; what the compiler adds to a record is not written by anyone.</summary>
    internal static IEnumerable<MemberInfo> Visible(Type type) =>
        type.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(member => member switch
            {
                MethodInfo method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !IsGenerated(method),
                ConstructorInfo constructor => IsVisible(constructor) && !IsGenerated(constructor),
                PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible) && property.Name != "EqualityContract",
                FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
                _ => false,
            });

    /// <summary>The text of elements, with the names that a cref or a paramref stands for.</summary>
    internal static string Text(IEnumerable<XElement> elements) => string.Join(
        " ", elements.SelectMany(element => element.DescendantNodes()).Select(node => node switch
        {
            XText text => text.Value,
            XElement { HasElements: false } reference => reference.Attribute("cref")?.Value[2..] ?? reference.Attribute("name")?.Value ?? "",
            _ => "",
        })).Trim();

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute));

    private static string Id(MemberInfo member) => member switch
    {
        Type type => $"T:{Name(type)}",
        FieldInfo field => $"F:{Name(field.DeclaringType!)}.{field.Name}",
        PropertyInfo property => $"P:{Name(property.DeclaringType!)}.{property.Name}{Parameters(property.GetIndexParameters())}",
        ConstructorInfo constructor => $"M:{Name(constructor.DeclaringType!)}.#ctor{Parameters(constructor.GetParameters())}",
        MethodInfo method => $"M:{Name(method.DeclaringType!)}.{method.Name}{Arity(method)}{Parameters(method.GetParameters())}",
        _ => "",
    };

    private static string Arity(MethodInfo method) => method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(",", parameters.Select(parameter => Name(parameter.ParameterType)))})";

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!) + "@";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsConstructedGenericType) return type.FullName!.Replace('+', '.');
        var definition = type.GetGenericTypeDefinition().FullName!;
        return $"{definition[..definition.IndexOf('`')].Replace('+', '.')}{{{string.Join(",", type.GetGenericArguments().Select(Name))}}}";
    }
}
