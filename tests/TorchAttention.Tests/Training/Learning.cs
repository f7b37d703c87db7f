using TorchAttention.Tests.Support;
using TorchSharp;
using Translator.Training;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>
/// Trains a small model with Adam, in seconds and always in the same way: parameters and examples come from a seed. What samples
/// takes a generator of its own, as torch's serves the whole process; what draws from that one (dropout) belongs in a collection
/// that nothing runs beside.
/// </summary>
internal static class Learning
{
    private const int BatchSize = 64;
    private const int Patience = 25;

    /// <summary>Fails unless the learner reaches an accuracy on fresh examples in eval mode; stops as soon as it has.</summary>
    /// <returns>The steps that it took.</returns>
    internal static int Reaches(double accuracy, Learner learner, Exercise exercise, int steps = 800, double rate = 0.03)
    {
        Seed(learner);
        var data = new Data(31);
        using var optimizer = new AdamW(learner.named_parameters());
        var reached = Accuracy(learner, exercise, new Data(32));
        Assert.True(reached < accuracy, $"{exercise}: untrained, the accuracy is {reached:P1} already");
        for (var step = 1; step <= steps; step++)
        {
            Step(learner, optimizer, rate, () => exercise.Draw(data, BatchSize));
            if (step % Patience != 0) continue;
            reached = Accuracy(learner, exercise, new Data(32 + step));
            if (reached >= accuracy) return step;
        }
        throw new Xunit.Sdk.XunitException($"{exercise}: an accuracy of {reached:P1} after {steps} steps instead of {accuracy:P0}");
    }

    /// <summary>Seeded parameters: matrices keep the size of what they multiply, biases start at zero, the rest as it is made.</summary>
    private static void Seed(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var data = new Data(30);
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (parameter.dim() > 1)
                parameter.copy_(data.Normal(parameter.dtype, parameter.shape).Over(Math.Sqrt(parameter.size(-1))));
            else if (name.EndsWith("bias", StringComparison.Ordinal)) parameter.zero_();
        }
    }

    private static void Step(Learner learner, AdamW optimizer, double rate, Func<Examples> draw)
    {
        using var scope = NewDisposeScope();
        learner.train();
        optimizer.ZeroGradients();
        learner.Loss(draw()).backward();
        optimizer.Step(rate);
    }

    private static double Accuracy(Learner learner, Exercise exercise, Data data)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        learner.eval();
        var examples = exercise.Draw(data, 10 * BatchSize);
        return learner.Answer(examples).argmax(-1).eq(examples.Answer).to(ScalarType.Float64).mean().item<double>();
    }
}
