using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>One case under test: hands out its inputs, sets parameters, then checks output, weights and every gradient it names.</summary>
internal sealed class Agreement(string suite, string name)
{
    private readonly Dictionary<string, Func<Tensor?>> gradients = [];

    internal Fixture Fixture { get; } = Fixture.Load(suite, name);

    internal AttentionMask? Padding => Fixture.Lengths is { } lengths ? AttentionMask.Padding(lengths) : null;

    internal Tensor Input(string input)
    {
        var leaf = Fixture.Input(input);
        gradients[input] = () => leaf.grad;
        return leaf;
    }

    /// <summary>A published parameter as a leaf, for what the test writes out itself.</summary>
    internal Tensor Parameter(string published)
    {
        var leaf = Fixture.Parameter(published).requires_grad_();
        gradients["param:" + published] = () => leaf.grad;
        return leaf;
    }

    /// <summary>Puts a published parameter in the module's: transposed where its authors multiply from the other side.</summary>
    internal void Set(nn.Module module, string own, string published, bool transposed = false)
    {
        var numbers = Fixture.Parameter(published);
        var parameter = module.named_parameters().Single(entry => entry.name == own).parameter;
        using (no_grad()) parameter.copy_((transposed ? numbers.t() : numbers).reshape(parameter.shape));
        gradients["param:" + published] = () => transposed ? parameter.grad?.t() : parameter.grad?.reshape(numbers.shape);
    }

    /// <summary>Loads the published state_dict as it is, not a name more or less.</summary>
    internal void Load(nn.Module module)
    {
        module.to(ScalarType.Float64);
        var published = Fixture.Parameters.ToDictionary(parameter => parameter, Fixture.Parameter);
        var (missing, unexpected) = module.load_state_dict(published);
        Assert.Empty(missing);
        Assert.Empty(unexpected);
        foreach (var (parameterName, parameter) in module.named_parameters())
            gradients["param:" + parameterName] = () => parameter.grad;
    }

    internal void Check(Tensor output, Tensor? weights = null)
    {
        Close.Published.Check(output, Fixture.Expected("context")!, "context");
        if (weights is not null && Fixture.Expected("weights") is { } expectedWeights)
            Close.Published.Check(weights, expectedWeights, "weights");

        output.backward([Fixture.Upstream]);
        CheckGradients();
    }

    /// <summary>Every gradient that the case names, after a backward pass.</summary>
    internal void CheckGradients()
    {
        foreach (var gradient in Fixture.Gradients)
        {
            var (expected, actual) = (Fixture.Gradient(gradient), gradients[gradient]());
            Assert.True(expected is null == actual is null, $"a gradient of {gradient} is {(actual is null ? "missing" : "too much")}");
            if (expected is not null) Close.Published.Check(actual!, expected, $"gradient of {gradient}");
        }
    }
}
