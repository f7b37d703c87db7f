using System.Runtime.InteropServices;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels;

/// <summary>What libtorch refuses in a backward pass of this library reaches the caller, and the process lives on.</summary>
[CollectionDefinition(nameof(SafeBackwardTests), DisableParallelization = true)]
[Collection(nameof(SafeBackwardTests))]
public class SafeBackwardTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["flexible"] = input => Attend(Kernel.Flexible, new ScaledDotScore(8), new Softmax(), input),
        ["chunked"] = input => Attend(Kernel.Chunked, new DotScore(), new Sparsemax(), input),
        ["entmax"] = input => new Entmax15().call(input, null),
        ["expected alignment"] = input =>
            ExpectedAlignment.Of(input, zeros(1, input.size(-1), dtype: input.dtype, device: CPU)),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatWasSavedMustNotBeChangedInPlace(string name)
    {
        using var scope = NewDisposeScope();
        var leaf = new Data(90).Normal(ScalarType.Float32, 1, 8, 8).requires_grad_();
        var input = leaf.alias(); // a leaf itself may not be changed
        var output = Functions[name](input);
        using (no_grad())
        {
            input.zero_();
            output.zero_();
        }

        Assert.Throws<ExternalException>(() => output.sum().backward());

        Assert.Contains("modified by an inplace operation", SafeBackward.Failure!.Message);
        Functions[name](leaf).sum().backward(); // the next one is as good as ever
        Assert.True(leaf.grad!.isfinite().all().item<bool>());
    }

    private static Tensor Attend(Kernel kernel, Score score, Normalizer normalizer, Tensor input) =>
        kernel.Attend(new KernelCall(score, normalizer, new AttentionCall(input, input, input, null, null, false), 0)).Context;
}
