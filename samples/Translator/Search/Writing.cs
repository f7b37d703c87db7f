using Translator.Model;
using Translator.Text;
using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>The translation model as a search knows it: its state is a writer.</summary>
internal static class Writing
{
    /// <summary>How a search steps through any model.</summary>
    public static SearchModel<TargetWriter> Model(Device device) => new(Step, Select, SpecialTokens.BeginId, SpecialTokens.EndId, device);

    private static (Tensor LogProbabilities, Tensor Weights, TargetWriter State) Step(Tensor words, TargetWriter writer)
    {
        var (logProbabilities, weights) = writer.Step(words);
        return (logProbabilities, weights, writer);
    }

    private static TargetWriter Select(TargetWriter writer, Tensor rows)
    {
        writer.Select(rows);
        return writer;
    }
}
