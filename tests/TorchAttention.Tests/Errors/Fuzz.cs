using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>Random malformed calls, the same every time: a random mechanism, rank, precision, argument and defect, under a random mask.</summary>
public class Fuzz
{
    private static readonly ScalarType[] DTypes = [ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void AHundredMalformedCalls(int seed)
    {
        var data = new Data(seed);
        for (var n = 0; n < 100; n++)
        {
            using var scope = NewDisposeScope();
            var (kind, rank, dtype) = (data.Pick(Kind.All), 2 + data.Next(3), data.Pick(DTypes));
            using var attention = kind.Build(dtype);
            var argument = data.Pick(["query", "key", "value"]);
            var mutation = data.Pick([.. Mutation.For(argument).Where(mutation =>
                mutation.IsWrong(attention, argument) && !(mutation.Name == "bfloat16" && dtype == ScalarType.BFloat16))]);
            var valid = kind.Inputs(rank, dtype, seed: n, queries: 1 + data.Next(6), keys: 3 + data.Next(6));
            var mask = kind.Mask(data.Pick(MaskKind.All).Name, valid).Mask;
            var (query, key, value) = mutation.Apply(valid, argument);

            var call = $"{kind} with {argument} of {mutation.Name} in {dtype}, rank {rank}";
            var exception = Record.Exception(() => Rejected.Check("query|key|value", () =>
            {
                if (data.Next(2) == 0) attention.call(query, key, value, mask);
                else attention.Attend(query, key, value, mask);
            }));
            Assert.True(exception is null, $"{call}: {exception}");
        }
    }
}
