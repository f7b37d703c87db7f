using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>
/// Estimators that sample, with their noise. Every test has a seeded generator of its own, so that the same samples come each time;
/// bounds are five standard deviations, which chance alone exceeds once in a million seeds.
/// </summary>
public class Samples
{
    private const int Draws = 20_000;

    private static readonly Dictionary<string, Func<Generator, HardEstimator>> Estimators = new()
    {
        ["gumbel"] = generator => new Gumbel(0.7, generator),
        ["reinforce"] = generator => new Reinforce(0, generator),
        ["semi-sampling"] = generator => new Reinforce(0.5, generator),
    };

    public static IEnumerable<TheoryDataRow<string, ScalarType>> Samplers =>
        from name in new[] { "gumbel", "reinforce" }
        from dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16 }
        select new TheoryDataRow<string, ScalarType>(name, dtype);

    public static IEnumerable<TheoryDataRow<string, string>> Masked =>
        from name in Estimators.Keys
        from mask in MaskKind.Names
        select new TheoryDataRow<string, string>(name, mask);

    public static IEnumerable<TheoryDataRow<string>> Names => Estimators.Keys.Select(name => new TheoryDataRow<string>(name));

    /// <summary>Each key comes as often as softmax(scores) says, and what is masked never.</summary>
    [Theory]
    [MemberData(nameof(Samplers))]
    public void FrequenciesAreTheSoftmax(string name, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Build(name, seed: 1);
        var scores = new Data(60).Normal(dtype, 1, 7);
        using var allowed = tensor(new[] { true, true, false, true, true, true, true }, dtype: ScalarType.Bool, device: CPU).unsqueeze(0);

        using var output = Choose(attention, scores.expand(Draws, 7), AttentionMask.Allow(allowed));

        var drawn = Grid.Of(output.Sample!).Numbers.GroupBy(key => (int)key).ToDictionary(group => group.Key, group => group.Count());
        var probabilities = RowOracle.Softmax(
            Grid.Of(scores.Fill(allowed.logical_not(), double.NegativeInfinity)).Numbers);
        for (var j = 0; j < 7; j++)
        {
            var p = probabilities[j];
            var frequency = drawn.GetValueOrDefault(j) / (double)Draws;
            Assert.True(Math.Abs(frequency - p) <= Deviation(p * (1 - p)), $"key {j} comes with frequency {frequency}, not {p}");
        }
    }

    /// <summary>Under every mask: a whole choice of an allowed key, or what is no choice; finite gradients, and none of what is masked.</summary>
    [Theory]
    [MemberData(nameof(Masked))]
    public void KeepToTheMask(string name, string maskName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of("hard");
        var inputs = kind.Inputs(rank: 4).RequiresGrad();
        var (mask, allows) = kind.Mask(maskName, inputs);
        using var table = MaskKind.Tabulate(allows, inputs.Leading, Sizes.Queries, Sizes.Keys);
        using var attention = Build(name, seed: 2);

        using var output = attention.Attend(inputs.Query, inputs.Key, inputs.Value, mask);
        Numbers.Sum(output.Context.sum(), output.LogProbability!.sum()).backward();

        Close.Exact.Check(output.Weights.Fill(table, 0), zeros_like(output.Weights), "weights of what is not allowed");
        Close.Reordered(ScalarType.Float64).Check(output.Weights.sum(-1), table.any(-1).to(ScalarType.Float64), "sums");
        var chosen = output.Sample!.AtLeast(0);
        using var choice = Numbers.Range(0, Sizes.Keys, ScalarType.Int64, CPU).eq(output.Sample!.unsqueeze(-1));
        Close.Exact.Check(
            output.Weights.masked_select(chosen.unsqueeze(-1)), choice.masked_select(chosen.unsqueeze(-1)), "weights of a choice");
        if (name != "semi-sampling") Close.Exact.Check(chosen, table.any(-1), "queries that choose");
        Assert.All(inputs.Named, input => Assert.True(input.Leaf.grad!.isfinite().all().item<bool>(), $"gradient of {input.Name}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheSeedDecides(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scores = new Data(61).Normal(23, 5, 7);
        Tensor[] Two(long seed)
        {
            using var attention = Build(name, seed);
            return [Choose(attention, scores).Sample!, Choose(attention, scores).Sample!];
        }

        var (first, same, other) = (Two(3), Two(3), Two(4));
        for (var call = 0; call < 2; call++)
        {
            Close.Exact.Check(same[call], first[call], $"call {call}");
            Assert.NotEqual(Grid.Of(other[call]).Numbers, Grid.Of(first[call]).Numbers);
        }
        Assert.NotEqual(Grid.Of(first[1]).Numbers, Grid.Of(first[0]).Numbers);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EvalModeDrawsNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Build(name, seed: 5);
        attention.eval();
        var scores = new Data(62).Normal(23, 5, 7);
        Close.Exact.Check(Choose(attention, scores).Sample!, scores.argmax(-1), "sample");
    }

    /// <summary>The mean over many samples comes to the gradient of the expected reward, whatever the baseline.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.8)]
    public void ReinforceIsUnbiased(double baseline)
    {
        using var scope = NewDisposeScope();
        var data = new Data(63);
        var scores = data.Normal(1, 5).requires_grad_();
        var reward = data.Normal(5);
        using var attention = Build("reinforce", seed: 6);
        using var loss = new ReinforceLoss().to(ScalarType.Float64);
        loss.get_buffer("baseline")!.fill_(baseline);

        using var output = Choose(attention, scores.expand(Draws, 5));
        loss.call(output, reward.index_select(0, output.Sample!)).backward();

        var p = RowOracle.Softmax(Grid.Of(scores).Numbers);
        var (r, gradient) = (Grid.Of(reward).Numbers, Grid.Of(scores.grad!).Numbers);
        var expected = p.Zip(r, (pj, rj) => pj * rj).Sum();
        for (var k = 0; k < 5; k++)
        {
            // Of the loss, so the other sign: d/ds_k Σ p_j r_j = p_k (r_k - Σ p_j r_j).
            var exact = -p[k] * (r[k] - expected);
            var square = Enumerable.Range(0, 5).Sum(j => p[j] * Math.Pow((r[j] - baseline) * ((j == k ? 1 : 0) - p[k]), 2));
            var allowed = Deviation(square - (exact * exact));
            Assert.True(Math.Abs(gradient[k] - exact) <= allowed, $"gradient {k}: {gradient[k]} instead of {exact}, allowed are {allowed}");
        }
    }

    /// <summary>An example samples as a whole or is expected as a whole, and then passes its gradient.</summary>
    [Fact]
    public void SemiSamplingTossesForEachExample()
    {
        using var scope = NewDisposeScope();
        const int examples = 400;
        const double expectedShare = 0.3;
        using var generator = new Generator(7, CPU);
        using var attention = new HardAttention(new DotScore(), new Reinforce(expectedShare, generator));
        var scores = new Data(64).Normal(examples, 3, 5, 7).requires_grad_();

        using var output = Choose(attention, scores);
        (output.Weights * new Data(65).Normal(7)).sum().backward();

        using var expected = output.Sample!.Is(-1).flatten(1); // (examples, 15)
        Close.Exact.Check(expected.all(1), expected.any(1), "examples");
        var share = expected.any(1).to(ScalarType.Float64).mean().item<double>();
        Assert.InRange(share, expectedShare - Deviation(0.21, examples), expectedShare + Deviation(0.21, examples));
        var soft = scores.detach().softmax(-1);
        Close.Reordered(ScalarType.Float64).Check(
            where(expected.any(1).reshape(-1, 1, 1, 1), output.Weights, soft), soft, "weights of the expected value");
        Close.Exact.Check(scores.grad!.flatten(1).to(ScalarType.Bool).any(1), expected.any(1), "examples with a gradient");
    }

    /// <summary>Without a batch there is one example: all queries alike.</summary>
    [Fact]
    public void SemiSamplingTossesOnceWithoutABatch()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Build("semi-sampling", seed: 8);
        var scores = new Data(66).Normal(23, 7);
        var tosses = Enumerable.Range(0, 20).Select(_ => Choose(attention, scores).Sample!.Is(-1).to(ScalarType.Float64).mean().item<double>()).ToList();
        Assert.All(tosses, share => Assert.True(share is 0 or 1, $"a share of {share} is expected"));
        Assert.Contains(0, tosses);
        Assert.Contains(1, tosses);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LeaveWhatIsReturned(string name)
    {
        using var scope = NewDisposeScope();
        using var attention = Build(name, seed: 9);
        var (query, key, value) = Kind.Of("hard").Inputs(rank: 4).RequiresGrad();
        NoLeaks.Leaves(1, () => attention.call(query, key, value), "call");
        NoLeaks.Leaves(5, () => attention.Attend(query, key, value), "Attend");
    }

    /// <summary>It draws on the CPU, and its numbers go to where the scores are.</summary>
    [Theory]
    [InlineData("gumbel")]
    [InlineData("reinforce")]
    public void AGeneratorServesEveryDevice(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var estimator = Estimators[name](generator);
        var before = Grid.Of(generator.get_state());
        var weights = estimator.call(new Data(67).Normal(3, 5, 7).to(new Device(DeviceType.META)), null);
        Assert.Equal(DeviceType.META, weights.device_type);
        Assert.NotEqual(before.Numbers, Grid.Of(generator.get_state()).Numbers);
    }

    private static HardAttention Build(string name, long seed) =>
        new(new DotScore(), Estimators[name](new Generator((ulong)seed, CPU)));

    /// <summary>A choice by the given scores, which the keys pass through.</summary>
    private static AttentionOutput Choose(Attention attention, Tensor scores, AttentionMask? mask = null)
    {
        var keys = eye(scores.size(-1), dtype: scores.dtype, device: CPU).expand([.. scores.shape[..^2], -1, -1]);
        return attention.Attend(scores, keys, keys, mask);
    }

    /// <summary>Five standard deviations of a mean of draws with this variance.</summary>
    private static double Deviation(double variance, int draws = Draws) => 5 * Math.Sqrt(variance / draws);
}
