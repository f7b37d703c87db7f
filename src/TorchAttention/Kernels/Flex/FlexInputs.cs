using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>What is fixed for a call and its backward.</summary>
internal sealed record FlexSettings<TModification>(
    TModification Modification, float Scale, Dropout Dropout, bool NeedWeights, long[]? WeightRows)
    where TModification : struct, IScoreModification;

/// <summary>
/// The checked inputs of a call: query (b, h, l, d), key (b, g, s, d), value (b, g, s, e), and what sink and modification bring.
/// </summary>
internal sealed unsafe record FlexInputs<TModification>(
    Tensor Query, Tensor Key, Tensor Value, Tensor? Sink, Tensor? Flags, Tensor[] Parameters, FlexSettings<TModification> Settings)
    where TModification : struct, IScoreModification
{
    /// <summary>As the arguments of an autograd function, which sees the tensors among them.</summary>
    internal object?[] Arguments => [Query, Key, Value, Sink, Flags, .. Parameters, Settings];

    /// <summary>The tensors among the arguments.</summary>
    internal IEnumerable<Tensor> Tensors => Arguments.OfType<Tensor>();

    internal bool NeedsGraph =>
        is_grad_enabled() && (Query.requires_grad || Key.requires_grad || Value.requires_grad || Sink is { requires_grad: true }
            || Parameters.Any(parameter => parameter.requires_grad));

    internal static FlexInputs<TModification> Of(object?[] arguments) => new(
        (Tensor)arguments[0]!, (Tensor)arguments[1]!, (Tensor)arguments[2]!, (Tensor?)arguments[3], (Tensor?)arguments[4],
        [.. arguments[5..^1].Cast<Tensor>()], (FlexSettings<TModification>)arguments[^1]!);

    /// <summary>Runs the kernel.</summary>
    /// <param name="isRecorded">Whether there will be a backward pass.</param>
    internal FlexResult Forward(bool isRecorded)
    {
        var (batch, heads, queries) = (Query.size(0), Query.size(1), Query.size(2));
        var context = empty(batch, heads, queries, Value.size(3), dtype: Query.dtype, device: CPU);
        var statistics = empty(2, batch, heads, queries, dtype: ScalarType.Float32, device: CPU);
        var logSumExp = Settings.NeedWeights ? empty(batch, heads, queries, dtype: ScalarType.Float32, device: CPU) : null;
        var weights = Settings.NeedWeights ? empty(batch, heads, Settings.WeightRows?.Length ?? queries, Key.size(2), dtype: ScalarType.Float32, device: CPU) : null;
        var result = new FlexResult(context, statistics, logSumExp, weights);
        FlexKernel<TModification>.Forward(Call(result, isRecorded), Settings.Modification, context);
        return result;
    }

    /// <summary>Context (b, h, l, e) and choices (b, h, l) of hard attention.</summary>
    internal (Tensor Context, Tensor Choices) Choose()
    {
        var (batch, heads, queries) = (Query.size(0), Query.size(1), Query.size(2));
        var context = empty(batch, heads, queries, Value.size(3), dtype: Query.dtype, device: CPU);
        var choices = empty(batch, heads, queries, dtype: ScalarType.Int64, device: CPU);
        var statistics = empty(0, dtype: ScalarType.Float32, device: CPU); // hard attention has none
        FlexKernel<TModification>.Choose(Call(new FlexResult(context, statistics, null, null)), Settings.Modification, context, choices);
        return (context, choices);
    }

    /// <summary>The call on memory; the result is forward's to write and backward's to read.</summary>
    internal FlexCall Call(FlexResult result, bool isRecorded = false)
    {
        var statistics = (float*)Strided.Pointer(result.Statistics);
        var (parameters, flags, sink) = (Flat(Parameters), Flags?.contiguous(), Sink?.contiguous());
        return new FlexCall
        {
            Owners = [Query, Key, Value, sink, flags, parameters, .. result.Tensors],
            WeightRows = (int)(result.Weights?.size(2) ?? 0),
            Batch = (int)Query.size(0),
            Heads = (int)Query.size(1),
            KeyHeads = (int)Key.size(1),
            Queries = (int)Query.size(2),
            Keys = (int)Key.size(2),
            Query = Strided.Of(Query),
            Key = Strided.Of(Key),
            Value = Strided.Of(Value),
            Scale = Settings.Scale,
            Sink = (float*)Strided.Pointer(sink),
            Parameters = (float*)Strided.Pointer(parameters),
            ParameterCount = (int)(parameters?.numel() ?? 0),
            Flags = (byte*)Strided.Pointer(flags),
            FlagCount = (int)(flags?.numel() ?? 0),
            Dropout = Settings.Dropout,
            IsRecorded = isRecorded,
            Power = statistics,
            Share = statistics + result.Statistics.numel() / 2,
            LogSumExp = (float*)Strided.Pointer(result.LogSumExp),
            Weights = (float*)Strided.Pointer(result.Weights),
            WeightPlaces = Places(),
        };
    }

    /// <summary>The place of each query among the chosen rows, -1 where it is not one of them; null where all are.</summary>
    private int[]? Places()
    {
        if (Settings.WeightRows is not { } rows) return null;
        var places = new int[Query.size(2)];
        Array.Fill(places, -1);
        for (var n = 0; n < rows.Length; n++) places[rows[n]] = n;
        return places;
    }

    private static Tensor? Flat(Tensor[] parameters) => parameters.Length switch
    {
        0 => null,
        1 => parameters[0].contiguous(),
        _ => cat([.. parameters.Select(parameter => parameter.flatten())]),
    };
}
