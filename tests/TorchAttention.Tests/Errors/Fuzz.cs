using TorchAttention.Tests.Support;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>Two thousand random malformed calls, the same every time.</summary>
public class Fuzz
{
    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 20).Select(seed => new TheoryDataRow<int>(seed));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AHundredMalformedCalls(int seed)
    {
        var data = new Data(seed);
        for (var n = 0; n < 100; n++)
        {
            using var scope = NewDisposeScope();
            using var call = new RandomCall(data);
            var exception = Record.Exception(() => Rejected.Check(call.Blamed, call.Run));
            Assert.True(exception is null, $"{call}: {exception}");
        }
    }
}
