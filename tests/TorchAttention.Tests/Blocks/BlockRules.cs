using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Blocks;

/// <summary>What holds for every block as it does for every attention.</summary>
public class BlockRules
{
    private static readonly long[][] Leadings = [[], [Sizes.Batch], [Sizes.Batch, Sizes.Heads]];

    public static IEnumerable<TheoryDataRow<string>> Blocks => Block.AllNames.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void HaveTheseNames(string name)
    {
        using var scope = NewDisposeScope();
        using var module = Block.Of(name).Create();
        var names = module.state_dict().Select(entry => $"{entry.Key} ({string.Join(", ", entry.Value.shape)})");
        Assert.Equal(Block.Of(name).Names.Order(), names.Order());
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void GradientsMatchCentralDifferences(string name)
    {
        using var scope = NewDisposeScope();
        var block = Block.Of(name);
        using var module = block.Build();
        var inputs = block.Inputs([]);
        foreach (var input in inputs) input.requires_grad_();
        var upstream = new Data(3).Normal(Sizes.Queries, Block.EmbedDim);

        Tensor Loss()
        {
            using var inner = NewDisposeScope();
            return (Block.Call(module, inputs, AttentionMask.Causal) * upstream).sum().MoveToOuterDisposeScope();
        }

        GradCheck.CheckDirections(Loss, [
            .. block.Arguments.Zip(inputs), .. module.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter))]);
    }

    /// <summary>Two, three and four dimensions: each sentence is read as if alone.</summary>
    [Theory]
    [MemberData(nameof(Blocks))]
    public void SplittingABatchChangesNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var block = Block.Of(name);
        using var module = block.Build();
        foreach (var leading in Leadings)
        {
            var inputs = block.Inputs(leading);
            var output = Block.Call(module, inputs, AttentionMask.Causal);
            Assert.Equal(inputs[0].shape, output.shape);
            foreach (var index in Grid.Indices(leading))
            {
                var one = Block.Call(module, [.. inputs.Select(input => At(input, index))], AttentionMask.Causal);
                Close.Reordered(ScalarType.Float64).Check(At(output, index), one, "output");
            }
        }

        static Tensor At(Tensor tensor, long[] index) => index.Aggregate(tensor, (rest, i) => rest[i]);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void TakeEmptySequences(string name)
    {
        using var scope = NewDisposeScope();
        var block = Block.Of(name);
        using var module = block.Build();
        foreach (var (batch, length) in new[] { (0L, 5L), (2L, 0L) })
        {
            var inputs = block.Inputs([2]).Select(input => input.narrow(0, 0, batch).narrow(1, 0, length)).ToArray();
            Assert.Equal([batch, length, Block.EmbedDim], Block.Call(module, inputs, AttentionMask.Causal).shape);
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void KeepThePrecision(string name)
    {
        using var scope = NewDisposeScope();
        var block = Block.Of(name);
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16 })
        {
            using var module = block.Build(dtype);
            var output = Block.Call(module, block.Inputs([Sizes.Batch], dtype));
            Assert.Equal(dtype, output.dtype);
            Assert.All(Grid.Of(output).Numbers, number => Assert.True(double.IsFinite(number)));
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void LeaveWhatTheyReturn(string name)
    {
        using var scope = NewDisposeScope();
        var block = Block.Of(name);
        using var module = block.Build();
        var inputs = block.Inputs([Sizes.Batch]);
        foreach (var input in inputs) input.requires_grad_();
        NoLeaks.Leaves(1, () => Block.Call(module, inputs, AttentionMask.Causal), "a call");
        NoLeaks.LeavesNone(
            () =>
            {
                using var inner = NewDisposeScope();
                using var made = block.Build();
                Block.Call(made, inputs).sum().backward();
            },
            "a module's life");
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void SurviveTheScopeTheyAreMadeIn(string name)
    {
        using var outer = NewDisposeScope();
        nn.Module module;
        using (NewDisposeScope()) module = Block.Of(name).Build();
        Assert.Equal(Block.EmbedDim, Block.Call(module, Block.Of(name).Inputs([])).size(-1));
        module.Dispose();
    }

    /// <summary>A call with a mask or an offset runs the hooks as one without does; forward runs none.</summary>
    [Theory]
    [MemberData(nameof(Blocks))]
    public void RunHooks(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var block = Block.Of(name);
        using var module = block.Build();
        var inputs = block.Inputs([]);
        var expected = Block.Call(module, inputs, AttentionMask.Causal).Times(3);
        var other = inputs.Select(input => input.Times(7)).ToArray();
        switch (module)
        {
            case DecoderModule decoder:
                decoder.register_forward_pre_hook((_, _, _) => (inputs[0], inputs[1]));
                decoder.register_forward_hook((_, _, _, output) => output.Times(3));
                break;
            case nn.Module<Tensor, Tensor> single:
                single.register_forward_pre_hook((_, _) => inputs[0]);
                single.register_forward_hook((_, _, output) => output.Times(3));
                break;
        }
        Close.Exact.Check(Block.Call(module, other, AttentionMask.Causal), expected, "output");
        if (module is PositionModule positions) Close.Exact.Check(positions.call(other[0], 0), expected, "output at an offset");
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void NameTheArgumentThatIsWrong(string name)
    {
        using var scope = NewDisposeScope();
        var block = Block.Of(name);
        using var module = block.Build(ScalarType.Float32);
        for (var i = 0; i < block.Arguments.Length; i++)
        {
            foreach (var mutation in Mutation.All.Where(mutation => IsWrong(mutation, module)))
            {
                var inputs = block.Inputs([Sizes.Batch], ScalarType.Float32);
                inputs[i] = mutation.Spoil(inputs[i])!;
                var blamed = mutation.Blamed(block.Arguments[i]) == block.Arguments[i] ? block.Arguments[i] : string.Join("|", block.Arguments);
                Rejected.Check(blamed, () => Block.Call(module, inputs));
            }
        }
    }

    /// <summary>Alone, an input has no other to differ from; rotary positions need no size but enough, dropout takes any.</summary>
    private static bool IsWrong(Mutation mutation, nn.Module module) => module is DecoderModule || mutation.Name switch
    {
        "one dimension too many" or "one dimension too few" or "a batch that does not fit" => false,
        "one dimension" or "five dimensions" or "no dimension" or "no size" => module is not CounterBasedDropout,
        "one size too many" or "one size too few" => module is not (RotaryEmbedding or CounterBasedDropout),
        "another precision" or "bfloat16" or "another device" => module.parameters().Any(),
        _ => true,
    };
}
