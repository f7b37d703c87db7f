using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Decoding;

/// <summary>What a cache refuses, without being changed by it; and how long it lives.</summary>
public class CacheErrors
{
    private static readonly Kind Heads = Kind.Of("heads");

    [Fact]
    public void WhatDoesNotFitIsRejected()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Prompted.Build(Heads);
        using var twin = Prompted.Build(Heads);
        var inputs = Prompted.Inputs(Heads, [Sizes.Batch]);
        var (query, key, value) = inputs;
        using var cache = new KeyValueCache();
        attention.call(query, key, value, cache);

        Rejected.Check("cache", () => attention.call(query, key, value, (KeyValueCache)null!));
        Rejected.Check("cache", () => twin.call(query, key, value, cache));
        var (one, others, rows) = (inputs.Map(tensor => tensor[0]), inputs.Map(tensor => tensor[..1]), value.narrow(1, 0, 3));
        var (mask, bias) = (AttentionMask.Allow(new Data(3).Bool(0.5, 7, 7)), AttentionBias.Dense(new Data(3).Normal(7, 7)));
        Rejected.Check("key", () => attention.call(one.Query, one.Key, one.Value, cache));
        Rejected.Check("key", () => attention.call(query, others.Key, value, cache));
        Rejected.Check("value", () => attention.call(query, key, others.Value, cache));
        Rejected.Check("value", () => attention.Attend(query, key, rows, cache));
        Rejected.Check("mask", () => attention.call(query, key, value, cache, mask));
        Rejected.Check("bias", () => attention.call(query, key, value, cache, null, bias));
        attention.to(ScalarType.Float32);
        var single = inputs.To(ScalarType.Float32);
        Rejected.Check("key", () => attention.call(single.Query, single.Key, single.Value, cache));
        Assert.Equal(Sizes.Keys, cache.Length);

        cache.Dispose();
        Rejected.Check("cache", () => attention.call(single.Query, single.Key, single.Value, cache));
    }

    [Fact]
    public void PromptsMustFitTheirLengths()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Prompted.Build(Heads);
        var (query, key, value) = Prompted.Inputs(Heads, [Sizes.Batch]);
        using var tooMany = new KeyValueCache([1, 2, 3], PaddingSide.Left);
        using var tooLong = new KeyValueCache([1, Sizes.Keys + 1], PaddingSide.Right);
        Rejected.Check("cache", () => attention.call(query, key, value, tooMany));
        Rejected.Check("cache", () => attention.call(query, key, value, tooLong));
        Assert.Equal(0, tooLong.Length);
    }

    /// <summary>Silence would train a model on nothing but its last step.</summary>
    [Fact]
    public void GradientsAreRejected()
    {
        using var scope = NewDisposeScope();
        using var attention = Prompted.Build(Heads);
        var (query, key, value) = Prompted.Inputs(Heads, [Sizes.Batch]);
        using var cache = new KeyValueCache();
        Rejected.Check("cache", () => attention.call(query, key, value, cache));
        Assert.Equal(0, cache.Length);

        foreach (var parameter in attention.parameters()) parameter.requires_grad_(false);
        attention.call(query, key, value, cache);
        Rejected.Check("cache", () => attention.call(query, key, value.requires_grad_(), cache));
        Assert.Equal(Sizes.Keys, cache.Length);
    }

    [Fact]
    public void OrdersAndLengthsAreChecked()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Prompted.Build(Heads);
        var (query, key, value) = Prompted.Inputs(Heads, [Sizes.Batch]);
        using var cache = new KeyValueCache([3, Sizes.Keys], PaddingSide.Right);
        Assert.Throws<InvalidOperationException>(() => cache.Reorder(Indices(0)));
        attention.call(query, key, value, cache);

        var disposed = Indices(0);
        disposed.Dispose();
        Tensor[] wrong =
        [
            null!, disposed, Indices(0, 2), Indices(-1), Indices(0).unsqueeze(0), Indices(0).to(ScalarType.Int32),
            Indices(0).to(new Device(DeviceType.META)),
        ];
        foreach (var indices in wrong) Rejected.Check("indices", () => cache.Reorder(indices));
        foreach (var length in new[] { -1, 0, 6, 8, long.MinValue }) Rejected.Check("length", () => cache.Truncate(length));

        using var unbatched = new KeyValueCache();
        attention.call(query[0], key[0], value[0], unbatched);
        Assert.Throws<InvalidOperationException>(() => unbatched.Reorder(Indices(0)));
        Rejected.Check("length", () => unbatched.Truncate(8));
    }

    /// <summary>Where there is no memory for another order or for more slots. The sizes are a pretence: nobody touches them.</summary>
    [Fact]
    public void WithoutMemoryACacheStaysWhatItWas()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Prompted.Build(Heads);
        using var cache = new KeyValueCache(capacity: 1 << 24);
        var (key, value) = (zeros(1, 1, 2, 0, dtype: ScalarType.Float64, device: CPU), new Data(5).Normal(1, 1, 2, 1)); // keys need none
        cache.Append(attention, key, value, null);

        Assert.ThrowsAny<Exception>(() => cache.Reorder(Indices(new long[1 << 21]))); // 2^48 bytes
        var more = 1L << 46;
        Assert.ThrowsAny<Exception>(() => cache.Append(attention, key[..1, .., ..1].expand(1, 1, more, 0), value[..1, .., ..1].expand(1, 1, more, 1), null));

        Assert.Equal(2, cache.Length);
        var (keys, values) = cache.Append(attention, key, value, null);
        Assert.Equal([1, 1, 4, 0], keys.shape);
        Close.Exact.Check(values, cat([value, value], -2), "values");
    }

    [Fact]
    public void ConstructorsAreChecked()
    {
        foreach (var capacity in new[] { 0, -1, long.MinValue })
        {
            Rejected.Check("capacity", () => new KeyValueCache(capacity));
            Rejected.Check("capacity", () => new KeyValueCache([1], PaddingSide.Left, capacity));
        }
        Rejected.Check("lengths", () => new KeyValueCache(null!, PaddingSide.Left));
        Rejected.Check("lengths", () => new KeyValueCache([2, -1], PaddingSide.Left));
        Rejected.Check("side", () => new KeyValueCache([2], (PaddingSide)2));
    }

    [Fact]
    public void ACacheOutlivesItsStepsAndNothingOutlivesIt()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Prompted.Build(Heads);
        var inputs = Prompted.Inputs(Heads, [Sizes.Batch]);
        var next = Prompted.Slice(inputs, 0, 1);
        using var order = Indices(1, 0);
        NoLeaks.Leaves(
            1,
            () =>
            {
                using var cache = new KeyValueCache([5, Sizes.Keys], PaddingSide.Left, capacity: 1);
                using (NewDisposeScope()) Prompted.Decode(attention, inputs, cache, [Sizes.Keys]);
                using (NewDisposeScope()) cache.Reorder(order);
                using (NewDisposeScope()) Step();
                NoLeaks.Leaves(1, Step, "a step");

                void Step() => attention.call(next.Query, next.Key, next.Value, cache);
            },
            "a cache's life, but for what a step returned");
    }

    private static Tensor Indices(params long[] indices) => tensor(indices, dtype: ScalarType.Int64, device: CPU);
}
