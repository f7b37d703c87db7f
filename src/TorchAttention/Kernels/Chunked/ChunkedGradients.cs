using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The gradients of a call in blocks: each block is computed once more, now with a graph, and its gradients are added up.</summary>
/// <param name="call">The call.</param>
/// <param name="tensors">Its tensors, as <see cref="AttentionCall.Tensors"/>, with the graph that they come from.</param>
internal sealed class ChunkedGradients(ChunkedCall call, IReadOnlyList<Tensor?> tensors)
{
    private readonly List<Tensor?> all = [.. tensors, .. call.Parameters];
    private List<Tensor?> sums = [];

    /// <summary>
    /// Those of the tensors and then of the parameters, null for what needs none; with a graph of their own if gradients are recorded.
    /// </summary>
    /// <param name="context">The gradient of the context; null for none.</param>
    /// <param name="weights">The gradient of the weights; null for none.</param>
    internal List<Tensor?> Of(Tensor? context, Tensor? weights)
    {
        using var scope = NewDisposeScope();
        using var chance = call.Chance();
        sums = [.. all.Select(tensor => tensor is { requires_grad: true } ? Zeros(tensor) : null)];
        call.InItsMode(() =>
        {
            foreach (var block in call.Blocks) Add(block, context, weights, chance);
        });
        return [.. sums.Zip(all, (sum, tensor) => sum?.to(tensor!.dtype).MoveToOuterDisposeScope())];
    }

    private void Add(QueryBlock block, Tensor? context, Tensor? weights, Generator? chance)
    {
        using var scope = NewDisposeScope();
        var (parts, targets) = (block.Of(tensors), block.Of(sums));
        // Leaves, at which the backward pass ends; but what lies beyond them is what a second derivative is about.
        if (!is_grad_enabled()) parts = [.. parts.Select(part => part is { requires_grad: true } ? part.detach().requires_grad_() : part)];
        var result = Recorded(block, parts);
        var drops = call.Drops(result, chance);
        var upstream = weights is null ? null : block.OfPairs(weights);
        if (context is not null)
        {
            var (mean, value) = (block.OfQueries(context), parts[2]!);
            targets[2]?.Add(ChunkedCall.Kept(result, drops).transpose(-1, -2).matmul(mean).SumTo(value));
            var ofMean = ChunkedCall.Kept(mean.matmul(value.transpose(-1, -2)), drops).SumTo(result);
            upstream = upstream is null ? ofMean : Numbers.Sum(upstream, ofMean);
        }
        if (upstream is not null && result.requires_grad) Add(result, upstream, [.. parts, .. call.Parameters], [.. targets, .. sums.Skip(parts.Length)]);
    }

    private void Add(Tensor result, Tensor upstream, Tensor?[] inputs, Tensor?[] targets)
    {
        // The values have no part in the weights.
        int[] needed = [.. Enumerable.Range(0, inputs.Length).Where(n => n != 2 && targets[n] is not null)];
        if (needed.Length == 0) return;
        var more = is_grad_enabled();
        var tie = Tie();
        var gradients = autograd.grad(
            [result, tie], [.. needed.Select(n => inputs[n]!)], [upstream, zeros_like(tie)], retain_graph: more, create_graph: more);
        foreach (var (n, gradient) in needed.Zip(gradients)) targets[n]!.Add(gradient);
    }

    /// <summary>None of the numbers of any parameter: so all have a gradient, also one that has done its part when keys were prepared.</summary>
    private Tensor Tie()
    {
        using var gradients = enable_grad();
        var nothing = zeros(0, dtype: call.DType, device: call.Device).requires_grad_();
        return cat([nothing, .. call.Parameters.Select(parameter => parameter.flatten().narrow(0, 0, 0))]);
    }

    private Tensor Recorded(QueryBlock block, Tensor?[] parts)
    {
        using var gradients = enable_grad();
        return call.Weights(block, parts);
    }

    /// <summary>In float32 at least: blocks add up in them.</summary>
    private static Tensor Zeros(Tensor tensor) =>
        zeros(tensor.shape, dtype: tensor.dtype == ScalarType.Float64 ? tensor.dtype : ScalarType.Float32, device: tensor.device);
}
