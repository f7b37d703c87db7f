using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>Inputs whose rows are one and the same in memory, a step of nothing apart.</summary>
public sealed class FlexExpanded
{
    [Theory]
    [InlineData(2)]
    [InlineData(50)]
    public void OneRowThatStandsForAllIsReadAsOften(int queries)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var data = new Data(1);
        Tensor Rows(long count) => data.Normal(ScalarType.Float32, 1, 2, count, 64);
        Tensor[] all = [Rows(queries), Rows(200), Rows(200)];
        for (var which = 0; which < all.Length; which++)
        {
            Tensor[] given = [.. all];
            given[which] = Rows(1).expand(1, 2, all[which].size(2), 64);

            var context = FlexAttention.Attend(given[0], given[1], given[2], default(NoModification));

            var copied = FlexAttention.Attend(given[0].contiguous(), given[1].contiguous(), given[2].contiguous(), default(NoModification));
            Assert.True(context.equal(copied).all().item<bool>(), $"input {which}");
        }
    }
}
