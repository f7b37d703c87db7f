using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>
/// Adam (Kingma and Ba, 2015) with the library's care for numbers: TorchSharp's own optimizers lose one to the garbage collector now
/// and then, see <see cref="Numbers"/>, and among thousands of tests that is a test that fails now and then.
/// </summary>
internal sealed class Adam(IEnumerable<Parameter> parameters, double rate) : IDisposable
{
    private const double MeanDecay = 0.9;
    private const double SquareDecay = 0.999;
    private const double Floor = 1e-8;

    private readonly (Parameter Parameter, Tensor Mean, Tensor Square)[] states = [.. parameters.Select(parameter => (
        parameter, zeros_like(parameter).DetachFromDisposeScope(), zeros_like(parameter).DetachFromDisposeScope()))];

    private int steps;

    /// <summary>Moves every parameter that has a gradient, and takes the gradient away.</summary>
    internal void Step()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        steps++;
        foreach (var (parameter, mean, square) in states)
        {
            if (parameter.grad is not { } gradient) continue;
            mean.copy_(Numbers.Sum(mean, (gradient - mean).Times(1 - MeanDecay)));
            square.copy_(Numbers.Sum(square, (gradient.Squared() - square).Times(1 - SquareDecay)));
            var scale = square.Over(1 - Math.Pow(SquareDecay, steps)).sqrt().Plus(Floor);
            parameter.copy_(parameter - mean.Times(rate / (1 - Math.Pow(MeanDecay, steps))) / scale);
            gradient.Dispose();
            parameter.grad = null;
        }
    }

    public void Dispose()
    {
        foreach (var (_, mean, square) in states)
        {
            mean.Dispose();
            square.Dispose();
        }
    }
}
