using System.Collections;
using System.Reflection;
using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Conventions;

/// <summary>What every module of the library keeps to, found by reflection.</summary>
public class Modules
{
    private const BindingFlags OwnFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] Types =
        [.. typeof(Attention).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(nn.Module)))];

    [Fact]
    public void AreSealedOrAbstract()
    {
        Assert.NotEmpty(Types);
        Assert.All(Types, type => Assert.True(type.IsSealed || type.IsAbstract, $"{type.Name} is open"));
    }

    /// <summary>A tensor in a field would become a buffer of the checkpoint; a list of modules would not be registered at all.</summary>
    [Fact]
    public void HoldNoTensorsAndNoLists()
    {
        foreach (var field in Types.SelectMany(type => type.GetFields(OwnFields)))
        {
            var type = field.FieldType;
            var raw = type.IsAssignableTo(typeof(Tensor)) && !type.IsAssignableTo(typeof(Parameter));
            var list = type.IsAssignableTo(typeof(IEnumerable)) && !type.IsAssignableTo(typeof(nn.Module)) && type != typeof(string);
            Assert.False(raw || list, $"{field.DeclaringType!.Name}.{field.Name} is a {type.Name}");
        }
    }

    /// <summary>An auto-property's field would name its parameters &lt;Name&gt;k__BackingField.</summary>
    [Fact]
    public void HoldNoModulesInAutoProperties()
    {
        var hidden = Types.SelectMany(type => type.GetFields(OwnFields))
            .Where(field => field.Name.Contains("BackingField"))
            .Where(field => field.FieldType.IsAssignableTo(typeof(nn.Module)) || field.FieldType.IsAssignableTo(typeof(Tensor)));
        Assert.Empty(hidden);
    }

    /// <summary>A new attention, score or estimator cannot stay outside the tests that run over every kind.</summary>
    [Fact]
    public void AreAllUnderTest()
    {
        // They stand beside an attention, or attend to edges: Positions/, Losses/ and Attentions/GraphTests test them.
        var tested = new HashSet<Type> { typeof(RelativePositions), typeof(BucketedRelativePositions), typeof(GraphAttention), typeof(ReinforceLoss) };
        foreach (var create in Kind.All.Select(kind => kind.Create).Concat<Func<nn.Module>>(Block.All.Select(block => block.Create)))
        {
            using var created = create();
            foreach (var module in created.modules().Prepend(created)) tested.Add(module.GetType());
        }
        Assert.All(Types.Where(type => !type.IsAbstract), type => Assert.Contains(type, tested));
    }

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GiveEveryParameterAGradientInTraining(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        attention.train();
        var inputs = kind.Inputs().RequiresGrad();
        attention.call(inputs.Query, inputs.Key, inputs.Value).Squared().sum().backward();
        foreach (var (name, parameter) in attention.named_parameters())
        {
            Assert.True(parameter.requires_grad, $"{name} is frozen");
            Assert.True(parameter.grad is not null, $"no gradient reaches {name}");
            // A number that shifts all scores alike has gradient zero: the softmax does not see it.
            if (name != "score.bias") Assert.True(Grid.Of(parameter.grad!).Largest > 1e-9, $"the gradient of {name} is zero");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SurviveTheScopeTheyAreMadeIn(string kindName)
    {
        using var outer = NewDisposeScope();
        var kind = Kind.Of(kindName);
        Attention attention;
        using (NewDisposeScope()) attention = kind.Build(ScalarType.Float32);
        var inputs = kind.Inputs(rank: 3, ScalarType.Float32);
        Assert.Equal([Sizes.Batch, Sizes.Queries, kind.Reference.ContextDim], attention.call(inputs.Query, inputs.Key, inputs.Value).shape);
        attention.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ConvertToAnyPrecision(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Create();
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float32 })
        {
            attention.to(dtype);
            Assert.All(attention.parameters(), parameter => Assert.Equal(dtype, parameter.dtype));
            var inputs = kind.Inputs(rank: 3, dtype);
            Assert.Equal(dtype, attention.call(inputs.Query, inputs.Key, inputs.Value).dtype);
        }
    }

    /// <summary>Fresh modules start with finite parameters that differ from each other.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void StartFinite(string kindName)
    {
        using var scope = NewDisposeScope();
        using var attention = Kind.Of(kindName).Create();
        foreach (var (name, parameter) in attention.named_parameters())
        {
            var numbers = Grid.Of(parameter).Numbers;
            Assert.All(numbers, number => Assert.InRange(number, -10, 10));
            if (name.EndsWith("weight", StringComparison.Ordinal)) Assert.True(numbers.Distinct().Count() > 1, $"{name} is constant");
        }
    }
}
