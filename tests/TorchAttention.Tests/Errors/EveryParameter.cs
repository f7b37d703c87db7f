using System.Reflection;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>
/// Every parameter of every public constructor of a module and of every factory of a mask or a bias, spoilt in turn, found by
/// reflection: what is nonsense for any parameter of its type is an ArgumentException that names one.
/// </summary>
public class EveryParameter
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly MethodBase[] Makers =
    [
        .. XmlDocs.Types.Where(type => type.IsAssignableTo(typeof(nn.Module)) && !type.IsAbstract).SelectMany(type => type.GetConstructors()),
        .. new[] { typeof(AttentionMask), typeof(AttentionBias) }
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public).Where(method => method.ReturnType == type)),
    ];

    /// <summary>No size, width, count, rate or scale is any of these.</summary>
    private static readonly Dictionary<Type, object[]> Nonsense = new()
    {
        [typeof(long)] = [-1L, long.MinValue],
        [typeof(long[])] = [new long[] { 2, -1 }],
        [typeof(double[])] = [new[] { 1, double.NaN }],
        [typeof(double)] = [double.NaN, double.PositiveInfinity, double.NegativeInfinity],
    };

    public static IEnumerable<TheoryDataRow<int, string>> Cases =>
        from index in Enumerable.Range(0, Makers.Length)
        from parameter in Makers[index].GetParameters()
        where Spoilt(parameter).Any()
        select new TheoryDataRow<int, string>(index, $"{Makers[index].DeclaringType!.Name}.{Makers[index].Name}: {parameter.Name}");

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsChecked(int index, string name)
    {
        using var scope = NewDisposeScope();
        var maker = Makers[index];
        var parameters = maker.GetParameters();
        var spoilt = parameters.Single(parameter => name.EndsWith(": " + parameter.Name, StringComparison.Ordinal));
        foreach (var nonsense in Spoilt(spoilt))
        {
            object?[] arguments = [.. parameters.Select(parameter => parameter == spoilt ? nonsense : Valid(parameter))];
            // A mismatch has two sides: -1 against a valid size may be blamed on that.
            var blamed = string.Join("|", parameters.Select(parameter => parameter.Name));
            var exception = Record.Exception(() => Rejected.Check(blamed, () => Make(maker, arguments)));
            Assert.True(exception is null, $"{name} = {nonsense ?? "null"}: {exception}");
        }
    }

    /// <summary>The other arguments are fine: without the nonsense each can be made.</summary>
    [Fact]
    public void IsCheckedAmongValidOnes()
    {
        using var scope = NewDisposeScope();
        foreach (var maker in Makers) Make(maker, [.. maker.GetParameters().Select(Valid)]);
    }

    private static object Make(MethodBase maker, object?[] arguments) => maker is ConstructorInfo constructor
        ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null)
        : maker.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    private static IEnumerable<object?> Spoilt(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (type.IsEnum) return [Enum.ToObject(type, 1000)];
        if (Nonsense.TryGetValue(type, out var nonsense)) return type.IsArray ? nonsense.Append(null) : nonsense;
        return type.IsValueType || Nullability.Create(parameter).WriteState == NullabilityState.Nullable ? [] : [null];
    }

    /// <summary>What may be left out is. Sizes are all 4, so that they agree with each other.</summary>
    private static object? Valid(ParameterInfo parameter) => parameter switch
    {
        { HasDefaultValue: true } => parameter.DefaultValue,
        { ParameterType: var type } when Samples.TryGetValue(type, out var make) => make(),
        _ when Tensors.TryGetValue($"{parameter.Member.Name}: {parameter.Name}", out var make) => make(),
        _ => throw new InvalidOperationException(
            $"{nameof(EveryParameter)} needs a sample of {parameter.ParameterType.Name} for {parameter.Member.Name}: {parameter.Name}"),
    };

    private static readonly Dictionary<Type, Func<object>> Samples = new()
    {
        [typeof(long)] = () => 4L,
        [typeof(double)] = () => 1.5,
        [typeof(bool)] = () => true,
        [typeof(long[])] = () => new long[] { 4 },
        [typeof(double[])] = () => new[] { 1.5 },
        [typeof(Score)] = () => new DotScore(),
        [typeof(Normalizer)] = () => new Softmax(),
        [typeof(Attention)] = () => new ScaledDotProductAttention(4, 4, 4),
        [typeof(AttentionMask)] = () => AttentionMask.Causal,
        [typeof(AttentionBias)] = () => AttentionBias.Dense(ones(4, 4, device: CPU)),
        [typeof(TransformerOptions)] = () => new TransformerOptions { EmbedDim = 4, NumHeads = 4 },
    };

    private static readonly Dictionary<string, Func<Tensor>> Tensors = new()
    {
        ["Allow: allowed"] = () => ones(4, 4, dtype: ScalarType.Bool, device: CPU),
        ["Padding: lengths"] = () => ones(4, dtype: ScalarType.Int64, device: CPU),
        ["Documents: segments"] = () => ones(4, dtype: ScalarType.Int64, device: CPU),
        ["Documents: querySegments"] = () => ones(4, dtype: ScalarType.Int64, device: CPU),
        ["Documents: keySegments"] = () => ones(4, dtype: ScalarType.Int64, device: CPU),
        ["Dense: values"] = () => ones(4, 4, device: CPU),
        ["Relative: table"] = () => ones(4, 5, device: CPU),
        ["RelativeBuckets: table"] = () => ones(4, 32, device: CPU),
    };
}
