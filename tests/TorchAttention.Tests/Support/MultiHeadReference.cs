using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>Projections into heads, what another mechanism does in each of them, and the projection out.</summary>
internal sealed record MultiHeadReference(Reference Inner, long EmbedDim, long HeadCount)
    : Reference(EmbedDim, EmbedDim, EmbedDim)
{
    internal long KeyValueHeads { get; init; } = HeadCount;

    /// <summary>How many numbers of a head are turned, and which make a pair.</summary>
    internal (long Dim, RotaryLayout Layout)? Rotary { get; init; }

    internal override long ContextDim => EmbedDim;

    internal override long? Heads => HeadCount;

    private long HeadDim => EmbedDim / HeadCount;

    internal override bool InBand(long i, long j, long queries, long keys) => Inner.InBand(i, j, queries, keys);

    internal override Grid EmptyContext(Attention attention) =>
        attention.state_dict().TryGetValue("out_proj.bias", out var bias) ? Grid.Of(bias) : Grid.Zeros(EmbedDim);

    internal override (Grid Context, Grid Weights) Oracle(Attention attention, Inputs inputs, PairAllowed allowed, Grid? bias = null)
    {
        using var scope = NewDisposeScope();
        var parameters = attention.state_dict().ToDictionary(entry => entry.Key, entry => Grid.Of(entry.Value));
        var shift = inputs.KeyLength - inputs.QueryLength;
        var heads = new Inputs(
            Split(Grid.Of(inputs.Query), Projection(parameters, "q", 0, HeadCount), shift).ToTensor(),
            Split(Grid.Of(inputs.Key), Projection(parameters, "k", HeadCount, KeyValueHeads), 0).ToTensor(),
            Split(Grid.Of(inputs.Value), Projection(parameters, "v", HeadCount + KeyValueHeads, KeyValueHeads), null).ToTensor());

        var (contexts, weights) = Inner.Oracle(InnerOf(attention), heads, allowed, bias);

        return (Join(contexts, inputs.Leading, parameters), weights with { Shape = [.. Weights(inputs.Leading), .. weights.Shape[^2..]] });
    }

    internal override (Tensor Context, Tensor Weights) Naive(Attention attention, Inputs inputs, PairAllowed allowed)
    {
        var parameters = attention.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        var shift = inputs.KeyLength - inputs.QueryLength;
        var heads = new Inputs(
            Split(inputs.Query, parameters, "q", 0, HeadCount, shift),
            Split(inputs.Key, parameters, "k", HeadCount, KeyValueHeads, 0),
            Split(inputs.Value, parameters, "v", HeadCount + KeyValueHeads, KeyValueHeads, null));

        var (contexts, weights) = Inner.Naive(InnerOf(attention), heads, allowed);

        var joined = contexts.transpose(-3, -2).flatten(-2).matmul(parameters["out_proj.weight"].t());
        if (parameters.TryGetValue("out_proj.bias", out var bias)) joined = Numbers.Sum(joined, bias);
        return inputs.Leading.Length == 0 ? (joined.squeeze(0), weights.squeeze(0)) : (joined, weights);
    }

    private static Attention InnerOf(Attention attention) => attention.named_children().Select(child => child.module).OfType<Attention>().Single();

    /// <summary>One projection out of a state_dict, where all three are one matrix if the sizes are.</summary>
    private (Grid Weight, double[]? Bias) Projection(Dictionary<string, Grid> parameters, string letter, long firstHead, long heads)
    {
        var (first, rows) = ((int)(firstHead * HeadDim), (int)(heads * HeadDim));
        var bias = parameters.TryGetValue("in_proj_bias", out var packed) ? packed.Numbers[first..(first + rows)] : null;
        if (parameters.TryGetValue($"{letter}_proj_weight", out var alone)) return (alone, bias);
        var all = parameters["in_proj_weight"];
        var columns = (int)all.Shape[1];
        return (new Grid([rows, columns], all.Numbers[(first * columns)..((first + rows) * columns)]), bias);
    }

    /// <summary>Projects vectors (…, l, d), turns them at positions from one on, and gives each query head its own copy: (…, h, l, d).</summary>
    private Grid Split(Grid vectors, (Grid Weight, double[]? Bias) projection, long? firstPosition)
    {
        long[] leading = vectors.Leading.Length == 0 ? [1] : vectors.Leading;
        var (length, heads) = (vectors.Shape[^2], projection.Weight.Shape[0] / HeadDim);
        var result = Grid.Zeros([.. leading, HeadCount, length, HeadDim]);
        foreach (var index in Grid.Indices([.. leading, HeadCount]))
        {
            var firstRow = index[^1] / (HeadCount / heads) * HeadDim;
            for (var i = 0L; i < length; i++)
            {
                var head = result.Row(index, i);
                for (var n = 0; n < HeadDim; n++)
                    head[n] = (projection.Bias?[firstRow + n] ?? 0)
                        + ScoreKind.Product(projection.Weight.Row([], firstRow + n), vectors.Row(index[..^1], i));
                if (firstPosition is { } first) Turn(head, first + i);
            }
        }
        return result;
    }

    private void Turn(Span<double> head, double position)
    {
        if (Rotary is not var (dim, layout)) return;
        for (var n = 0; n < dim / 2; n++)
        {
            var angle = position / Math.Pow(10000, 2.0 * n / dim);
            var (first, second) = layout == RotaryLayout.Halves ? (n, n + (int)dim / 2) : (2 * n, 2 * n + 1);
            var (a, b) = (head[first], head[second]);
            (head[first], head[second]) = (a * Math.Cos(angle) - b * Math.Sin(angle), b * Math.Cos(angle) + a * Math.Sin(angle));
        }
    }

    private Grid Join(Grid contexts, long[] leading, Dictionary<string, Grid> parameters)
    {
        var (weight, length) = (parameters["out_proj.weight"], contexts.Shape[^2]);
        var bias = parameters.TryGetValue("out_proj.bias", out var given) ? given.Numbers : null;
        var result = Grid.Zeros([.. leading, length, EmbedDim]);
        foreach (var index in Grid.Indices(leading.Length == 0 ? [1] : leading))
        {
            for (var i = 0L; i < length; i++)
            {
                var joined = new double[EmbedDim];
                for (var h = 0L; h < HeadCount; h++) contexts.Row([.. index, h], i).CopyTo(joined.AsSpan((int)(h * HeadDim)));
                var row = result.Row(leading.Length == 0 ? [] : index, i);
                for (var n = 0; n < row.Length; n++) row[n] = (bias?[n] ?? 0) + ScoreKind.Product(weight.Row([], n), joined);
            }
        }
        return result;
    }

    private Tensor Split(Tensor vectors, Dictionary<string, Tensor> parameters, string letter, long firstHead, long heads, long? firstPosition)
    {
        var rows = TensorIndex.Slice(firstHead * HeadDim, (firstHead + heads) * HeadDim);
        var weight = parameters.TryGetValue($"{letter}_proj_weight", out var alone) ? alone : parameters["in_proj_weight"][rows];
        var projected = (vectors.dim() == 2 ? vectors.unsqueeze(0) : vectors).matmul(weight.t());
        if (parameters.TryGetValue("in_proj_bias", out var bias)) projected = Numbers.Sum(projected, bias[rows]);
        var split = projected.reshape([.. projected.shape[..^1], heads, HeadDim]).transpose(-3, -2);
        if (firstPosition is { } first && Rotary is var (dim, layout))
        {
            using var rotary = new RotaryEmbedding(dim, layout: layout); // its own tests tie it to published numbers
            split = rotary.Turn(split, Numbers.Range(first, first + vectors.size(-2), ScalarType.Float64, vectors.device));
        }
        return split.repeat_interleave(HeadCount / heads, -3);
    }
}
