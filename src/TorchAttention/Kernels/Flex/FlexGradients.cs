using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Backward: from the gradients of the outputs to those of the inputs.</summary>
internal sealed unsafe class FlexGradients<TModification>(
    FlexInputs<TModification> inputs, FlexResult result)
    where TModification : struct, IScoreModification
{
    private readonly FlexCall call = inputs.Call(result);

    /// <summary>One gradient per argument of <see cref="FlexFunction{TModification}"/>, null where there is none.</summary>
    internal List<Tensor?> Of(Tensor? gradContext, Tensor? gradLogSumExp, Tensor? gradWeights)
    {
        gradContext ??= zeros_like(result.Context);
        using var scope = NewDisposeScope();
        var (gradQuery, gradKey, gradValue) = (
            zeros([BackwardCall.ChunksOf(call), .. inputs.Query.shape], dtype: ScalarType.Float32, device: CPU), Alike(inputs.Key), Alike(inputs.Value));
        var gradSink = inputs.Sink is { requires_grad: true } ? new double[call.Batch * call.Heads] : null;
        var learns = Traits<TModification>.HasGradient && inputs.Parameters.Any(parameter => parameter.requires_grad);
        var gradParameters = learns ? new double[(long)BackwardCall.TasksOf(call) * call.ParameterCount] : null;
        Fill(gradQuery, gradKey, gradValue, (gradContext, Float(gradLogSumExp), Float(gradWeights)), (gradSink, gradParameters));

        List<Tensor?> gradients =
            [SumOf(gradQuery), gradKey, gradValue, SinkOf(gradSink), null, .. ParametersOf(gradParameters), null];
        foreach (var gradient in gradients) gradient?.MoveToOuterDisposeScope();
        return gradients;

        static Tensor Alike(Tensor input) => empty(input.shape, dtype: input.dtype, device: CPU);
    }

    /// <summary>Runs the kernel, from the gradients of the outputs.</summary>
    private void Fill(
        Tensor gradQuery, Tensor gradKey, Tensor gradValue, (Tensor Context, Tensor? LogSumExp, Tensor? Weights) given,
        (double[]? Sink, double[]? Parameters) sums)
    {
        var delta = empty(call.Batch, call.Heads, call.Queries, dtype: ScalarType.Float32, device: CPU);
        fixed (double* sink = sums.Sink, parameters = sums.Parameters)
        {
            var backward = new BackwardCall
            {
                Forward = call,
                Context = Strided.Of(result.Context),
                GradContext = Strided.Of(given.Context),
                GradWeights = (float*)Strided.Pointer(given.Weights),
                GradLogSumExp = (float*)Strided.Pointer(given.LogSumExp),
                Delta = (float*)Strided.Pointer(delta),
                GradQuery = (float*)Strided.Pointer(gradQuery),
                GradKey = Strided.Of(gradKey),
                GradValue = Strided.Of(gradValue),
                GradSink = sink,
                GradParameters = parameters,
            };
            FlexKernel<TModification>.Backward(backward, inputs.Settings.Modification);
        }
        GC.KeepAlive(given);
    }

    private static Tensor? Float(Tensor? gradient) => gradient?.to(ScalarType.Float32).contiguous();

    /// <summary>The chunks' shares, added one after the other: a sum of its own order on any number of threads.</summary>
    private Tensor SumOf(Tensor chunks)
    {
        var sum = chunks[0];
        for (var chunk = 1; chunk < chunks.size(0); chunk++) sum = Numbers.Sum(sum, chunks[chunk]);
        return sum.to(inputs.Query.dtype);
    }

    private Tensor? SinkOf(double[]? gradient) => gradient is null ? null : Sum(gradient, call.Heads);

    private IEnumerable<Tensor?> ParametersOf(double[]? gradient)
    {
        if (gradient is null) return inputs.Parameters.Select(_ => (Tensor?)null);
        var sizes = inputs.Parameters.Select(parameter => parameter.numel()).ToArray();
        return Sum(gradient, call.ParameterCount).split(sizes).Zip(inputs.Parameters, (part, parameter) => part.reshape(parameter.shape));
    }

    /// <summary>Rows of <paramref name="count"/> numbers added up, as a tensor of float32.</summary>
    private static Tensor Sum(double[] rows, int count)
    {
        var sum = new double[count];
        for (var first = 0; first < rows.Length; first += count)
            for (var i = 0; i < count; i++) sum[i] += rows[first + i];
        return tensor(Array.ConvertAll(sum, number => (float)number), dtype: ScalarType.Float32, device: CPU);
    }
}
