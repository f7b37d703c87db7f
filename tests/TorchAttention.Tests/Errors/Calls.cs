using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>Malformed calls of every attention are rejected before torch sees them, with the argument's name.</summary>
public class Calls
{
    private static readonly string[] Arguments = ["query", "key", "value"];

    public static IEnumerable<TheoryDataRow<string, int>> Ranks => Every.With(2, 3, 4);

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Ranks))]
    public void OfTheInputs(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.Float32);
        foreach (var argument in Arguments)
        {
            foreach (var mutation in Mutation.For(argument).Where(mutation => mutation.IsWrong(attention, argument)))
            {
                var (query, key, value) = mutation.Apply(kind.Inputs(rank, ScalarType.Float32), argument);
                var blamed = mutation.Name.StartsWith("a batch", StringComparison.Ordinal) && rank == 2 ? argument : mutation.Blamed(argument);
                Rejected.Check(blamed, () => attention.forward(query, key, value));
                Rejected.Check(blamed, () => attention.call(query, key, value, AttentionMask.Causal));
                Rejected.Check(blamed, () => attention.Attend(query, key, value));
                if (argument != "query" && !mutation.Name.Contains("size", StringComparison.Ordinal))
                    TryPrepare(blamed, attention, kind.Inputs(rank, ScalarType.Float32).Query, key, value);
            }
        }
    }

    /// <summary>What preparing cannot know, such as the query's dtype, attending finds.</summary>
    private static void TryPrepare(string blamed, Attention attention, Tensor query, Tensor key, Tensor value) => Rejected.Check(
        blamed + "|memory", () =>
        {
            using var memory = attention.Prepare(key, value);
            attention.Attend(query, memory);
        });

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OfTheQueryOfPreparedKeys(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.Float32);
        var inputs = kind.Inputs(rank: 3, ScalarType.Float32);
        using var memory = attention.Prepare(inputs.Key, inputs.Value);
        foreach (var mutation in Mutation.All)
        {
            var query = mutation.Apply(inputs, "query").Query;
            Rejected.Check("query", () => attention.Attend(query, memory));
        }

        Rejected.Check("memory", () => attention.Attend(inputs.Query, null!));
        memory.Dispose();
        Rejected.Check("memory", () => attention.Attend(inputs.Query, memory));
    }

    [Theory]
    [MemberData(nameof(Ranks))]
    public void OfTheMaskAndTheBias(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.Float32);
        var (query, key, value) = kind.Inputs(rank, ScalarType.Float32);
        var data = new Data(12);
        long[] tooMany = [1, .. kind.Reference.Scores(query.shape[..^2]).Select(_ => 1L), 5, 7];
        var disposed = data.Bool(0.5, 5, 7);
        var disposedBias = data.Normal(ScalarType.Float32, 5, 7);
        var (disposedSegments, disposedTable) = (Segments(7), data.Normal(ScalarType.Float32, 7));
        AttentionMask[] masks =
        [
            AttentionMask.Allow(data.Bool(0.5, 7, 5)), AttentionMask.Allow(data.Bool(0.5, 5, 6)), AttentionMask.Allow(data.Bool(0.5, 4, 7)),
            AttentionMask.Allow(data.Bool(0.5, 11, 5, 7)), AttentionMask.Allow(data.Bool(0.5, tooMany)),
            AttentionMask.Allow(data.Bool(0.5, 5, 7).to(new Device(DeviceType.META))), AttentionMask.Allow(disposed),
            AttentionMask.Padding(8, 7, 7), AttentionMask.Padding(), AttentionMask.Padding([.. Enumerable.Repeat(8L, rank == 2 ? 1 : 2)]),
            AttentionMask.Causal & AttentionMask.Allow(data.Bool(0.5, 5, 6)), new OwnMask(),
            AttentionMask.Causal | AttentionMask.Allow(data.Bool(0.5, 5, 6)), AttentionMask.Prefix(1, 2, 3), AttentionMask.Prefix([]),
            AttentionMask.Documents(Segments(6)), AttentionMask.Documents(Segments(11, 7)), AttentionMask.Documents(disposedSegments),
            AttentionMask.Documents(Segments(7).to(new Device(DeviceType.META))),
            AttentionMask.Documents(Segments(6), Segments(7)), AttentionMask.Documents(Segments(5), Segments(5)),
            AttentionMask.Documents(Segments(11, 5), Segments(7)), AttentionMask.Documents(disposedSegments, Segments(7)),
        ];
        AttentionBias[] biases =
        [
            AttentionBias.Dense(data.Normal(ScalarType.Float32, 7, 5)), AttentionBias.Dense(data.Normal(ScalarType.Float64, 5, 7)),
            AttentionBias.Dense(data.Bool(0.5, 5, 7)), AttentionBias.Dense(data.Normal(ScalarType.Float32, tooMany)),
            AttentionBias.Dense(data.Normal(ScalarType.Float32, 5, 7).to(new Device(DeviceType.META))), AttentionBias.Dense(disposedBias),
            AttentionBias.Alibi(11), AttentionBias.Alibi(1) + AttentionBias.Alibi(11),
            AttentionBias.Relative(data.Normal(ScalarType.Float32, 11, 5)), AttentionBias.Relative(data.Normal(ScalarType.Float64, 5)),
            AttentionBias.Relative(data.Normal(ScalarType.Float32, 5).to(new Device(DeviceType.META))), AttentionBias.Relative(disposedTable),
            AttentionBias.Relative(data.Normal(ScalarType.Float32, 5).to(ScalarType.Int64)),
            AttentionBias.RelativeBuckets(data.Normal(ScalarType.Float32, 11, 8)), AttentionBias.RelativeBuckets(data.Normal(ScalarType.Float64, 8)),
            AttentionBias.RelativeBuckets(disposedTable),
        ];
        disposed.Dispose();
        disposedBias.Dispose();
        disposedSegments.Dispose();
        disposedTable.Dispose();

        using var memory = attention.Prepare(key, value);
        foreach (var mask in masks)
        {
            Rejected.Check("mask", () => attention.call(query, key, value, mask));
            Rejected.Check("mask", () => attention.Attend(query, key, value, mask));
            Rejected.Check("mask", () => attention.Attend(query, memory, mask));
            Rejected.Check("mask", () => attention.Prepare(key, value, mask));
        }
        foreach (var bias in biases)
        {
            Rejected.Check("bias", () => attention.call(query, key, value, null, bias));
            Rejected.Check("bias", () => attention.Attend(query, key, value, bias: bias));
            Rejected.Check("bias", () => attention.Attend(query, memory, bias: bias));
        }
    }

    private static Tensor Segments(params long[] shape) => zeros(shape, dtype: ScalarType.Int64, device: CPU);

    /// <summary>Inputs that agree with each other, but not with the module's parameters.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void AgainstTheParameters(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.Float32);
        if (!attention.parameters().Any()) return;
        foreach (var inputs in new[] { kind.Inputs(), kind.Inputs(rank: 3, ScalarType.Float32).To(new Device(DeviceType.META)) })
        {
            Rejected.Check("query|key|value", () => attention.call(inputs.Query, inputs.Key, inputs.Value, null));
            Rejected.Check("key|value", () => attention.Prepare(inputs.Key, inputs.Value));
        }
    }

    [Fact]
    public void TheMessageNamesBothSides()
    {
        using var scope = NewDisposeScope();
        using var attention = Kind.Of("soft dot").Build(ScalarType.Float32);
        var data = new Data(12);
        var (query, key, value) = Kind.Of("soft dot").Inputs(rank: 3, ScalarType.Float32);

        Contains(() => attention.call(query, key.narrow(-1, 0, 10), value), "(2, 5, 11)", "(2, 7, 10)");
        Contains(() => attention.call(query, key.narrow(1, 0, 6), value), "(2, 6, 11)", "(2, 7, 17)");
        Contains(() => attention.call(query, key, value.to(ScalarType.Float64)), "Float32", "Float64");
        Contains(() => attention.call(query.to(ScalarType.BFloat16), key, value), "Float32", "BFloat16");
        Contains(() => attention.call(query, key, value.to(new Device(DeviceType.META))), "cpu", "meta");
        Contains(() => attention.call(query, key, value, AttentionMask.Allow(data.Bool(0.5, 7, 5))), "(7, 5)", "(2, 5, 7)");
        Contains(() => attention.call(query, key, value, AttentionMask.Allow(data.Bool(0.5, 5, 7).to(new Device(DeviceType.META)))), "cpu", "meta");
        Contains(() => attention.call(query, key, value, null, AttentionBias.Dense(data.Normal(5, 7))), "Float32", "Float64");
        Contains(() => attention.call(query, key, value, AttentionMask.Padding(8, 7)), "8", "7");
        // The query agrees with the keys here, but not with the values.
        Contains(() => attention.call(query, key[TensorIndex.Slice(stop: 1)], cat([value, value]).narrow(0, 0, 3)), "(2, 5, 11)", "(3, 7, 17)");
    }

    private static void Contains(Action action, params string[] parts)
    {
        var message = Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.All(parts, part => Assert.Contains(part, message));
    }

    /// <summary>A mask that breaks its promise of a bool.</summary>
    private sealed class OwnMask : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape) => ones(shape.QueryLength, shape.KeyLength, device: shape.Device);
    }
}
