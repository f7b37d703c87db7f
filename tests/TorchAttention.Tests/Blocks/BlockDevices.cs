using TorchAttention.Tests.Conventions;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Blocks;

/// <summary>Blocks, and decoding with them, make no tensor on the default device; see <see cref="DefaultDevice"/>.</summary>
[Collection(nameof(DefaultDevice))]
public class BlockDevices
{
    public static IEnumerable<TheoryDataRow<string>> Blocks => Block.AllNames.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void TheDefaultIsNeverUsed(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var expected = Run(Block.Of(name)).Select(Grid.Of).ToList();

        var before = get_default_device();
        set_default_device(new Device(DeviceType.META));
        try
        {
            foreach (var (actual, numbers) in Run(Block.Of(name)).Zip(expected)) Close.Exact.Check(actual, numbers, "output");
        }
        finally
        {
            set_default_device(before);
        }
    }

    private static List<Tensor> Run(Block block)
    {
        using var module = block.Build();
        var inputs = block.Inputs([Sizes.Batch]);
        List<Tensor> outputs = [Block.Call(module, inputs, AttentionMask.Causal & AttentionMask.Padding(3, Sizes.Queries))];
        var order = tensor(new long[] { 1, 0, 1 }, dtype: ScalarType.Int64, device: CPU);
        using var state = module switch
        {
            Encoder encoder => encoder.Start(Cache),
            Decoder decoder => decoder.Start(inputs[1], AttentionMask.Padding(3, Sizes.Keys), Cache),
            _ => null,
        };
        if (state is null) return outputs;
        Step(inputs[0]);
        state.Reorder(order);
        Step(inputs[0].index_select(0, order));
        return outputs;

        static KeyValueCache Cache() => new([2, Sizes.Queries], PaddingSide.Right, capacity: 1);

        void Step(Tensor input) => outputs.Add(module is Decoder decoder ? decoder.Decode(input, state) : ((Encoder)module).Decode(input, state));
    }
}
