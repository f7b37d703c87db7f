using TorchAttention.Tests.Support;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>Narrower vectors than this machine's: the runtime hides the wider ones from a process of their own.</summary>
public class FlexWidths
{
    private const string Expected = "TORCHATTENTION_TESTS_LANES";

    [Theory]
    [InlineData("DOTNET_EnableAVX512F,DOTNET_EnableAVX512", 8)]
    [InlineData("DOTNET_EnableAVX512F,DOTNET_EnableAVX512,DOTNET_EnableAVX2,DOTNET_EnableAVX", 4)]
    [InlineData("DOTNET_EnableHWIntrinsic", 1)]
    public async Task AgreeToo(string switches, int lanes)
    {
        Assert.SkipWhen(Machine.Lanes <= lanes, "this machine has no wider vectors to hide");
        var hidden = switches.Split(',').Select(name => KeyValuePair.Create(name, "0"));
        await OwnProcess.Run(typeof(FlexWidths), nameof(AgreesHere), hidden.Append(KeyValuePair.Create(Expected, $"{lanes}")));
    }

    [Fact]
    public void AgreesHere()
    {
        if (Environment.GetEnvironmentVariable(Expected) is { } lanes) Assert.Equal(lanes, $"{Machine.Lanes}");
        var seed = 300;
        foreach (var kind in FlexKind.Names)
        {
            FlexAgainstOracle.Check(kind, ++seed, new FlexOptions(), withSink: true, small: true);
            FlexAgainstOracle.Check(kind, ++seed, new FlexOptions { Dropout = 0.3, Seed = 1 }, small: true);
        }
        foreach (var queries in new[] { 1, 97 }) new FlexRules().HalfPrecisionIsRoundedOnce(queries);
        new FlexRules().ChoosesTheFirstOfTheLargest();
        new LanesMathTests().LoseTwoRoundingsAtMost();
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 }) new DropoutTests().IsAFunctionOfSeedAndPlace(dtype, 1009);
    }
}
