using FsCheck.Xunit;
using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Laws;

/// <summary>What masks of any kind obey when they are joined, and what those of one kind obey alone.</summary>
[Properties(MaxTest = 1000, Replay = "20241,107", Arbitrary = [typeof(MaskCase)], QuietOnSuccess = true)]
public class MaskLaws
{
    /// <summary>In any order, in any grouping, as often as one likes.</summary>
    [Property]
    public void JoinsAreSetOperations(MaskCase @case) => @case.Run((a, b, c) =>
    {
        @case.AreEqual(a & b, b & a);
        @case.AreEqual(a | b, b | a);
        @case.AreEqual(a & (b & c), a & b & c);
        @case.AreEqual(a | (b | c), a | b | c);
        @case.AreEqual(a & a, a);
        @case.AreEqual(a | a, a);
    });

    [Property]
    public void OneJoinAbsorbsTheOther(MaskCase @case) => @case.Run((a, b, _) =>
    {
        @case.AreEqual(a & (a | b), a);
        @case.AreEqual(a | (a & b), a);
    });

    [Property]
    public void OneJoinDistributesOverTheOther(MaskCase @case) => @case.Run((a, b, c) =>
    {
        @case.AreEqual(a & (b | c), (a & b) | (a & c));
        @case.AreEqual(a | (b & c), (a | b) & (a | c));
    });

    /// <summary>j sees i through the mirrored window when i sees j, where queries and keys are the same positions.</summary>
    [Property]
    public void AWindowMirrorsItself(MaskCase @case) => @case.Square((data, s) =>
    {
        var (left, right, dilation) = (data.Next(5), data.Next(5), 1 + data.Next(3));
        var window = MaskCase.Table(AttentionMask.Window(left, right, dilation), s, s);
        Close.Exact.Check(window.t(), MaskCase.Table(AttentionMask.Window(right, left, dilation), s, s), "mirrored window");
        Close.Exact.Check(window, MaskCase.Table(AttentionMask.WindowTopLeft(left, right, dilation), s, s), "window from the start");
    });

    /// <summary>Reflexive but for those outside, symmetric, transitive.</summary>
    [Property]
    public void DocumentsAreAnEquivalence(MaskCase @case) => @case.Square((data, s) =>
    {
        var segments = MaskCase.Segments(data, s);
        var together = MaskCase.Table(AttentionMask.Documents(segments), s, s);
        Close.Exact.Check(together.diagonal(), segments.AtLeast(0), "each with itself");
        Close.Exact.Check(together.t(), together, "the other way round");
        var throughAnother = together.to(ScalarType.Float64).matmul(together.to(ScalarType.Float64)).AtLeast(1);
        Close.Exact.Check(throughAnother, together, "through another");
    });

    /// <summary>A longer prefix and more global positions take nothing away.</summary>
    [Property]
    public void WhatIsSeenGrows(MaskCase @case)
    {
        using var scope = NewDisposeScope();
        var data = new Data(@case.Seed);
        var (fewer, more) = (data.Next(6), 6 + data.Next(6));
        @case.AreEqual(AttentionMask.Prefix(fewer) & AttentionMask.Prefix(more), AttentionMask.Prefix(fewer));
        @case.AreEqual(AttentionMask.Global(fewer) & AttentionMask.Global(more), AttentionMask.Global(fewer));
        @case.AreEqual(AttentionMask.Prefix(fewer) & AttentionMask.Causal, AttentionMask.Causal);
        @case.AreEqual(AttentionMask.Prefix(0), AttentionMask.Causal);
    }
}
