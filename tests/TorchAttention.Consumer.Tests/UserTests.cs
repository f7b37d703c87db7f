using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Consumer.Tests;

/// <summary>What somebody does who has the public API alone: parts of their own.</summary>
public class UserTests
{
    private static readonly Tensor Query = Numbers(5, 3), Key = Numbers(7, 3), Value = Numbers(7, 2);

    [Fact]
    public void AScoreOfOnesOwn()
    {
        using var near = new SoftAttention(new Distance());
        using var output = near.Attend(Query, Key, Value);
        using var expected = (-cdist(Query, Key)).softmax(-1).matmul(Value);

        Assert.True(output.Context.allclose(expected, rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void ANormalizerOfOnesOwnIsExactUnderMasksWithoutKnowingOfThem()
    {
        using var attention = new SoftAttention(new DotScore(), new Power());
        using var masked = attention.call(Query, Key, Value, AttentionMask.Padding(4));
        using var shorter = attention.call(Query, Key[..4], Value[..4]);

        Assert.True(masked.allclose(shorter, rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void AMaskAndABiasOfOnesOwn()
    {
        using var attention = new SoftAttention(new DotScore());
        using var masked = attention.call(Query, Key, Value, new EvenKeys());
        using var biased = attention.call(Query, Key, Value, null, new NoOddKeys());
        using var even = tensor(new long[] { 0, 2, 4, 6 });
        using var expected = attention.call(Query, Key.index_select(0, even), Value.index_select(0, even));

        Assert.True(masked.allclose(expected, rtol: 1e-5, atol: 1e-6));
        Assert.True(biased.allclose(expected, rtol: 1e-5, atol: 1e-6));
    }

    private static Tensor Numbers(int rows, int columns)
    {
        var random = new Random(rows);
        return tensor([.. Enumerable.Range(0, rows * columns).Select(_ => (float)random.NextDouble())], rows, columns);
    }

    private sealed class Distance() : Score(nameof(Distance), null, null)
    {
        protected override Tensor Compare(Tensor query, Tensor preparedKey) => -cdist(query, preparedKey);
    }

    private sealed class Power() : Normalizer(nameof(Power))
    {
        protected override Tensor Normalize(Tensor scores)
        {
            var powers = (scores * 0.5).exp();
            return powers / powers.sum(-1, keepdim: true);
        }
    }

    private sealed class EvenKeys : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape) =>
            arange(shape.KeyLength, device: shape.Device).remainder(2).eq(0).unsqueeze(0);
    }

    private sealed class NoOddKeys : AttentionBias
    {
        protected override Tensor Values(AttentionShape shape) =>
            zeros(1, shape.KeyLength, dtype: shape.DType, device: shape.Device)
                .masked_fill(arange(shape.KeyLength, device: shape.Device).remainder(2).eq(1), double.NegativeInfinity);
    }
}
