using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>A call of a random mechanism by a random entry, with one to three of its arguments spoilt and the others valid.</summary>
internal sealed class RandomCall : IDisposable
{
    private static readonly ScalarType[] DTypes = [ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16];

    /// <summary>The ways to call an attention, and the arguments that each takes.</summary>
    private static readonly (string Name, string[] Arguments, Action<RandomCall> Run)[] Entries =
    [
        ("forward", ["query", "key", "value"], call => call.attention.forward(call.inputs.Query, call.inputs.Key, call.inputs.Value)),
        ("call", ["query", "key", "value", "mask", "bias"], call =>
            call.attention.call(call.inputs.Query, call.inputs.Key, call.inputs.Value, call.mask, call.bias)),
        ("Attend", ["query", "key", "value", "mask", "bias"], call =>
            call.attention.Attend(call.inputs.Query, call.inputs.Key, call.inputs.Value, call.mask, call.bias)),
        ("Prepare", ["key", "value", "mask"], call => call.attention.Prepare(call.inputs.Key, call.inputs.Value, call.mask)),
        ("Prepare and Attend", ["query", "key", "value", "mask", "bias"], call =>
        {
            using var prepared = call.attention.Prepare(call.inputs.Key, call.inputs.Value);
            call.attention.Attend(call.inputs.Query, prepared, call.mask, call.bias);
        }),
        ("Attend to a memory", ["query", "mask", "bias", "memory"], call =>
            call.attention.Attend(call.inputs.Query, call.memory!, call.mask, call.bias)),
    ];

    private readonly Kind kind;
    private readonly ScalarType dtype;
    private readonly Attention attention;
    private readonly string entry;
    private readonly Action<RandomCall> run;
    private readonly List<(string Argument, string Defect)> defects = [];
    private Inputs inputs;
    private AttentionMask? mask;
    private AttentionBias? bias;
    private AttentionMemory? memory;

    internal RandomCall(Data data)
    {
        (kind, dtype) = (data.Pick(Kind.All), data.Pick(DTypes));
        attention = kind.Build(dtype);
        inputs = kind.Inputs(2 + data.Next(3), dtype, seed: data.Next(1000), queries: 1 + data.Next(6), keys: 3 + data.Next(6));
        long[] scores = [.. kind.Reference.Scores(inputs.Leading), inputs.QueryLength, inputs.KeyLength];
        (entry, var arguments, run) = data.Pick(Entries);
        // A mask of prepared keys may not tell queries apart.
        if (entry != "Prepare" && data.Next(2) == 0) mask = kind.Mask(data.Pick(MaskKind.All).Name, inputs).Mask;
        if (data.Next(2) == 0 && !kind.Is(Traits.NoBias)) bias = AttentionBias.Dense(data.Normal(dtype, scores[^2..]));
        memory = attention.Prepare(inputs.Key, inputs.Value);

        // Two of the inputs spoilt alike could fit each other again.
        var choices = arguments.Except(["query", "key", "value"]).Append(data.Pick([.. arguments.Intersect(["query", "key", "value"])])).ToArray();
        for (var n = data.Next(3); n >= 0; n--) Spoil(data, data.Pick(choices), scores);
    }

    /// <summary>What the exception may name.</summary>
    internal string Blamed => string.Join("|", defects.Select(defect => defect.Argument is "query" or "key" or "value" ? "query|key|value|memory" : defect.Argument));

    internal void Run() => run(this);

    public void Dispose() => attention.Dispose();

    public override string ToString() =>
        $"{entry} of {kind} in {dtype} with {string.Join(", ", defects.Select(defect => $"{defect.Argument}: {defect.Defect}"))}";

    private void Spoil(Data data, string argument, long[] scores)
    {
        if (defects.Any(defect => defect.Argument == argument)) return;
        defects.Add((argument, argument switch
        {
            "mask" => SpoilMask(data, scores),
            "bias" => SpoilBias(data, scores),
            "memory" => SpoilMemory(data),
            _ => SpoilInput(data, argument),
        }));
    }

    private string SpoilInput(Data data, string argument)
    {
        var mutation = data.Pick([.. Mutation.For(argument).Where(mutation => mutation.IsWrong(attention, argument)
            && !(mutation.Name == "bfloat16" && dtype == ScalarType.BFloat16)
            && !(entry == "Prepare" && attention.KeyDim is null && mutation.Name.Contains("size")))]);
        inputs = mutation.Apply(inputs, argument);
        return mutation.Name;
    }

    private string SpoilMask(Data data, long[] scores)
    {
        var mutation = data.Pick(MaskMutations.Masks);
        mask = mask is null || data.Next(2) == 0 ? mutation.Make(data, scores) : mask & mutation.Make(data, scores);
        return mutation.Name;
    }

    private string SpoilBias(Data data, long[] scores)
    {
        var mutation = data.Pick(MaskMutations.Biases);
        bias = mutation.Make(data, scores);
        return mutation.Name;
    }

    private string SpoilMemory(Data data)
    {
        switch (data.Next(3))
        {
            case 0:
                memory = null;
                return "null";
            case 1:
                memory!.Dispose();
                return "disposed";
            default:
                using (var other = kind.Build(dtype)) memory = other.Prepare(inputs.Key, inputs.Value);
                return "another module's";
        }
    }
}
