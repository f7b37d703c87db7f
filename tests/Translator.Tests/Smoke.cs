using TorchSharp;
using Xunit;

namespace Translator.Tests;

public class Smoke
{
    [Fact]
    public void TorchLoads() => Assert.Equal(2f, torch.ones(2).sum().item<float>());
}
