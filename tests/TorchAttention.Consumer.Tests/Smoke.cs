using TorchSharp;
using Xunit;

namespace TorchAttention.Consumer.Tests;

public class Smoke
{
    [Fact]
    public void TorchLoads() => Assert.Equal(2f, torch.ones(2).sum().item<float>());
}
