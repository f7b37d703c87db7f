using Translator.Model;
using Translator.Search;
using Translator.Text;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Search;

/// <summary>What a model may say.</summary>
public class WritingTests
{
    /// <summary>Else a padding would stand in the translation, and the rows of the attention after it would be of other words.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NeitherPaddingNorTheBeginIsWritten(int beam)
    {
        long[] expected = [4, 1, 4, 1];
        var greedy = GreedySearch.Run(Writing.Model(CPU), new Stubborn(), [expected.Length]);
        var found = BeamSearch.Run(Writing.Model(CPU), new Stubborn(), [expected.Length], new BeamOptions(beam, LengthPenalty: 0));
        Assert.Equal(expected, greedy[0].Words);
        Assert.All(found[0], one => Assert.DoesNotContain(one.Words, word => word is SpecialTokens.PadId or SpecialTokens.BeginId));
        Assert.Equal(expected, found[0][0].Words);
    }

    /// <summary>Wants to write padding or the begin mark, then the word that was not the last.</summary>
    private sealed class Stubborn : TargetWriter
    {
        public override (Tensor LogProbabilities, Tensor Weights) Step(Tensor words)
        {
            var last = words.data<long>().ToArray();
            float[] likely = [0.3f, 0.06f, 0.3f, 0, 0.1f];
            var rows = last.SelectMany(word => likely.Select((share, id) => MathF.Log(id == 1 && word == 4 ? 0.2f : share))).ToArray();
            return (tensor(rows, last.Length, likely.Length), ones(last.Length, 1));
        }

        public override void Select(Tensor rows)
        {
        }

        public override void Dispose()
        {
        }
    }
}
