using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Losses;

/// <summary>The loss against its formula in plain loops, its baseline, and what does not count.</summary>
public class ReinforceLossTests
{
    private const double RewardWeight = 0.3;
    private const double EntropyWeight = 0.07;
    private const double Decay = 0.8;

    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    /// <summary>Rewards of each choice, of each sentence, of all together; and by each head, right or wrong.</summary>
    private static readonly Dictionary<string, Func<Data, Tensor>> Rewards = new()
    {
        ["each choice"] = data => data.Normal(2, 5),
        ["each sentence"] = data => data.Normal(2, 1),
        ["all"] = data => data.Normal(),
        ["of another precision"] = data => data.Normal(ScalarType.Float32, 5),
        ["right or wrong"] = data => data.Bool(0.4, 2, 5),
        ["points"] = data => data.Bool(0.4, 2, 5).to(ScalarType.Int64),
    };

    private static readonly Dictionary<string, Func<Data, Tensor?>> Counted = new()
    {
        ["everywhere"] = _ => null,
        ["some choices"] = data => data.Bool(0.6, 2, 5),
        ["some positions"] = data => data.Bool(0.6, 5),
    };

    public static IEnumerable<TheoryDataRow<string, nn.Reduction, string>> Cases =>
        from reward in Rewards.Keys
        from reduction in Enum.GetValues<nn.Reduction>()
        from counted in Counted.Keys
        select new TheoryDataRow<string, nn.Reduction, string>(reward, reduction, counted);

    [Theory]
    [MemberData(nameof(Cases))]
    public void FollowsTheFormula(string rewardName, nn.Reduction reduction, string countedName)
    {
        using var scope = NewDisposeScope();
        var data = new Data(40);
        using var loss = Build(reduction, baseline: 0.21);
        using var output = Choose(data.Normal(2, 5, 11));
        var reward = Rewards[rewardName](data);
        var counted = Counted[countedName](data);

        var actual = loss.call(output, reward, counted);

        var (logProbability, entropy) = (Grid.Of(output.LogProbability!), Grid.Of(output.Entropy!));
        var (rewards, counts) = (Grid.Of(reward.expand(2, 5)), Grid.Of(counted?.expand(2, 5) ?? ones(2, 5, device: CPU)));
        var terms = Grid.Zeros(2, 5);
        for (var i = 0; i < terms.Numbers.Length; i++)
            if (counts.Numbers[i] == 1)
                terms.Numbers[i] = (RewardWeight * (rewards.Numbers[i] - 0.21) * -logProbability.Numbers[i]) - (EntropyWeight * entropy.Numbers[i]);
        var count = counts.Numbers.Sum();
        Assert.InRange(count, 1, countedName == "everywhere" ? 10 : 9);
        Rounding.Check(actual, reduction switch
        {
            nn.Reduction.None => terms,
            nn.Reduction.Sum => new Grid([], [terms.Numbers.Sum()]),
            _ => new Grid([], [terms.Numbers.Sum() / count]),
        }, "loss");
        var mean = rewards.Numbers.Where((_, i) => counts.Numbers[i] == 1).Sum() / count;
        Rounding.Check(Baseline(loss), new Grid([], [(Decay * 0.21) + ((1 - Decay) * mean)]), "baseline");
    }

    [Fact]
    public void HasTheGradientOfTheFormula()
    {
        using var scope = NewDisposeScope();
        var data = new Data(41);
        using var loss = Build(nn.Reduction.Mean, baseline: 0.21);
        loss.eval(); // central differences call it often
        var scores = data.Normal(2, 3, 5).requires_grad_();
        var reward = data.Normal(2, 3);
        var counted = data.Bool(0.6, 2, 3);

        GradCheck.Check(() => loss.call(Choose(scores), reward, counted), ("scores", scores));
    }

    /// <summary>What the scores should do is the question, not how the reward could be raised otherwise.</summary>
    [Fact]
    public void PassesNoGradientToTheReward()
    {
        using var scope = NewDisposeScope();
        var data = new Data(42);
        using var loss = Build(nn.Reduction.Mean);
        var (scores, reward) = (data.Normal(2, 5, 7).requires_grad_(), data.Normal(2, 5).requires_grad_());

        loss.call(Choose(scores), reward).backward();

        Assert.NotNull(scores.grad);
        Assert.Null(reward.grad);
    }

    [Fact]
    public void TheBaselineFollowsInTrainingAlone()
    {
        using var scope = NewDisposeScope();
        var data = new Data(43);
        using var loss = Build(nn.Reduction.Mean);
        using var output = Choose(data.Normal(2, 5, 7));
        var expected = 0.0;
        for (var n = 0; n < 5; n++)
        {
            var reward = data.Normal(2, 5);
            loss.train(n != 2);
            loss.call(output, reward);
            if (n != 2) expected = (Decay * expected) + ((1 - Decay) * Grid.Of(reward).Numbers.Average());
            Rounding.Check(Baseline(loss), new Grid([], [expected]), $"baseline after {n + 1} calls");
        }
    }

    /// <summary>A query without keys, as padding has them, brings nothing; one that is not counted may hold anything.</summary>
    [Fact]
    public void WhatDoesNotCountBringsNothing()
    {
        using var scope = NewDisposeScope();
        var data = new Data(44);
        var (scores, reward) = (data.Normal(5, 7), data.Normal(5));
        using var counted = tensor(new[] { true, false, true, true, false }, dtype: ScalarType.Bool, device: CPU);
        using var rest = counted.logical_not();

        var clean = Run(scores, reward);
        var poisoned = Run(scores.Fill(rest.unsqueeze(-1), double.NaN), reward.Fill(rest, double.NaN));
        foreach (var (name, numbers) in clean) Close.Exact.Check(poisoned[name], numbers, name);

        using var sum = Build(nn.Reduction.None);
        using var empty = Choose(scores, AttentionMask.Allow(counted.unsqueeze(-1).expand(5, 7)));
        Close.Exact.Check(sum.call(empty, reward).masked_select(rest), zeros(2, device: CPU), "terms of queries without keys");

        Dictionary<string, Grid> Run(Tensor leaf, Tensor rewards)
        {
            using var loss = Build(nn.Reduction.Mean);
            using var own = leaf.clone().requires_grad_();
            var value = loss.call(Choose(own), rewards, counted);
            value.backward();
            return new()
            {
                ["loss"] = Grid.Of(value),
                ["baseline"] = Grid.Of(Baseline(loss)),
                ["gradient"] = Grid.Of(own.grad!.index_select(0, counted.nonzero().squeeze(-1))),
            };
        }
    }

    /// <summary>A mean of nothing is zero, and moves no baseline.</summary>
    [Fact]
    public void NothingGivesZero()
    {
        using var scope = NewDisposeScope();
        var data = new Data(45);
        foreach (var reduction in new[] { nn.Reduction.Mean, nn.Reduction.Sum })
        {
            using var loss = Build(reduction, baseline: 0.21);
            var none = zeros(2, 5, dtype: ScalarType.Bool, device: CPU);
            var zero = new Grid([], [0]);
            Close.Exact.Check(loss.call(Choose(data.Normal(2, 5, 7)), data.Normal(2, 5), none), zero, "loss of what does not count");
            Close.Exact.Check(loss.call(Choose(data.Normal(2, 0, 7)), data.Normal(2, 0)), zero, "loss without queries");
            Close.Exact.Check(Baseline(loss), new Grid([], [0.21]), "baseline");
        }
    }

    /// <summary>The terms of a mixture are those of its entropy: nothing was sampled that a reward could speak for.</summary>
    [Fact]
    public void AMixtureEarnsNothing()
    {
        using var scope = NewDisposeScope();
        var data = new Data(46);
        using var loss = Build(nn.Reduction.None);
        using var output = Choose(data.Normal(2, 5, 7), estimator: new Expectation());

        Rounding.Check(loss.call(output, data.Normal(2, 5)), output.Entropy!.Times(-EntropyWeight), "loss");
    }

    [Fact]
    public void HalfPrecisionIsSummedInSingle()
    {
        using var scope = NewDisposeScope();
        var data = new Data(47);
        using var loss = Build(nn.Reduction.Sum).to(ScalarType.Float32);
        using var output = Choose(data.Normal(ScalarType.BFloat16, 101, 5, 7));
        var reward = data.Normal(ScalarType.BFloat16, 101, 5);

        var actual = loss.call(output, reward);

        Assert.Equal(ScalarType.Float32, actual.dtype);
        var terms = (reward.to(ScalarType.Float64) * output.LogProbability!.to(ScalarType.Float64)).Times(-RewardWeight)
            - output.Entropy!.to(ScalarType.Float64).Times(EntropyWeight);
        var close = new Close("float32 rounds each of some hundred terms", 505 * Close.Epsilon(ScalarType.Float32));
        close.Check(actual, terms.sum(), "loss");
    }

    [Fact]
    public void TheBaselineIsSavedMovedAndKept()
    {
        using var outer = NewDisposeScope();
        ReinforceLoss loss;
        using (NewDisposeScope()) loss = new ReinforceLoss();
        Baseline(loss).fill_(0.25);
        Assert.Equal(["baseline"], loss.state_dict().Keys);
        Assert.Empty(loss.parameters());

        using var file = new MemoryStream();
        loss.save(file); // closes the stream
        using var loaded = new ReinforceLoss();
        using var written = new MemoryStream(file.ToArray());
        loaded.load(written);
        Close.Exact.Check(Baseline(loaded), new Grid([], [0.25]), "loaded baseline");

        foreach (var dtype in new[] { ScalarType.BFloat16, ScalarType.Float32 })
        {
            loss.to(dtype);
            Assert.Equal(dtype, Baseline(loss).dtype);
            Close.Exact.Check(Baseline(loss), new Grid([], [0.25]), "moved baseline");
            using var output = Choose(new Data(48).Normal(2, 5, 7));
            loss.call(output, ones(1, device: CPU));
            Assert.Equal(dtype, Baseline(loss).dtype);
            Baseline(loss).fill_(0.25);
        }
        loss.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LeavesTheLossAlone(bool training)
    {
        using var scope = NewDisposeScope();
        var data = new Data(49);
        using var loss = Build(nn.Reduction.Mean);
        loss.train(training);
        using var output = Choose(data.Normal(2, 5, 7).requires_grad_());
        var (reward, counted) = (data.Normal(2, 1), data.Bool(0.5, 2, 5));
        NoLeaks.Leaves(1, () => loss.call(output, reward), "a loss");
        NoLeaks.Leaves(1, () => loss.call(output, reward, counted), "a loss of what counts");
    }

    [Fact]
    public void BadInputIsNamed()
    {
        using var scope = NewDisposeScope();
        var data = new Data(50);
        using var loss = Build(nn.Reduction.Mean);
        using var output = Choose(data.Normal(2, 5, 7));
        using var soft = new SoftAttention(new DotScore());
        using var unchosen = soft.Attend(data.Normal(5, 7), data.Normal(3, 7), data.Normal(3, 7));
        var (reward, gone) = (data.Normal(2, 5), data.Normal(2, 5));
        var disposed = Choose(data.Normal(2, 5, 7));
        gone.Dispose();
        disposed.Dispose();
        var meta = new Device(DeviceType.META);

        foreach (var wrong in new[] { null, unchosen, disposed }) Rejected.Check("output", () => loss.call(wrong!, reward));
        Tensor?[] rewards = [null, gone, data.Normal(2, 4), data.Normal(3, 2, 5), reward.to(meta), reward.to(ScalarType.ComplexFloat64), reward.to_sparse()];
        foreach (var wrong in rewards) Rejected.Check("reward", () => loss.call(output, wrong!));
        Tensor[] counts = [gone, reward, data.Bool(0.5, 2, 4), data.Bool(0.5, 3, 2, 5), data.Bool(0.5, 2, 5).to(meta)];
        foreach (var wrong in counts) Rejected.Check("counted", () => loss.call(output, reward, wrong));
        loss.to(meta);
        Rejected.Check("output", () => loss.call(output, reward));
    }

    private static ReinforceLoss Build(nn.Reduction reduction, double baseline = 0)
    {
        var loss = new ReinforceLoss(RewardWeight, EntropyWeight, Decay, reduction);
        loss.to(ScalarType.Float64);
        Baseline(loss).fill_(baseline);
        return loss;
    }

    private static Tensor Baseline(ReinforceLoss loss) => loss.get_buffer("baseline")!;

    /// <summary>A choice by the given scores, which the keys pass through: the highest, unless an estimator says otherwise.</summary>
    private static AttentionOutput Choose(Tensor scores, AttentionMask? mask = null, HardEstimator? estimator = null)
    {
        var keys = eye(scores.size(-1), dtype: scores.dtype, device: CPU).expand([.. scores.shape[..^2], -1, -1]);
        using var attention = new HardAttention(new DotScore(), estimator ?? new Reinforce(0, scores => zeros_like(scores)));
        return attention.Attend(scores, keys, keys, mask);
    }
}
