using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Normalizers;

public class TopKTests
{
    /// <summary>Among equal scores the first are taken, however many keys there are.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(1000)]
    public void TiesGoToTheFirst(int keys)
    {
        using var scope = NewDisposeScope();
        for (var k = 1; k < 7; k++)
        {
            using var topK = new TopK(k);
            var scores = zeros(3, keys, dtype: ScalarType.Float64, device: CPU);
            scores[.., 4] = tensor(1.0, dtype: ScalarType.Float64, device: CPU); // the one that is higher than the equal ones
            var kept = topK.call(scores, null).greater(zeros_like(scores));
            var expected = Grid.Zeros(3, keys);
            foreach (var j in new[] { 4, 0, 1, 2, 3, 5 }[..k])
                for (var i = 0L; i < 3; i++) expected.Row([], i)[j] = 1;
            Close.Exact.Check(kept, expected, $"the {k} highest");
        }
    }

    /// <summary>A masked key leaves its place to another.</summary>
    [Fact]
    public void OnlyPresentKeysCount()
    {
        using var scope = NewDisposeScope();
        using var topK = new TopK(2);
        var scores = new Grid([1, 5], [5, 4, 3, 2, 1]).ToTensor();
        var allowed = new Grid([1, 5], [0, 1, 0, 0, 1]).ToTensor(ScalarType.Bool);
        Close.Exact.Check(topK.call(scores, allowed).Is(0), new Grid([1, 5], [1, 0, 1, 1, 0]), "keys without weight");
        using var one = new TopK(1);
        Close.Exact.Check(one.call(scores, allowed), new Grid([1, 5], [0, 1, 0, 0, 0]), "weights");
    }
}
