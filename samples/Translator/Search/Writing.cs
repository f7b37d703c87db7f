using TorchSharp;
using Translator.Model;
using Translator.Text;
using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>The translation model as a search knows it: its state is a writer.</summary>
internal static class Writing
{
    /// <summary>No text has them: a model that knows little may find them likely all the same.</summary>
    private static readonly long[] NeverWritten = [SpecialTokens.PadId, SpecialTokens.BeginId];

    /// <summary>Kept: TorchSharp does not keep a number that it makes for a call.</summary>
    private static readonly Scalar Never = float.NegativeInfinity;

    /// <summary>How a search steps through any model.</summary>
    public static SearchModel<TargetWriter> Model(Device device) => new(Step, Select, SpecialTokens.BeginId, SpecialTokens.EndId, device);

    private static (Tensor LogProbabilities, Tensor Weights, TargetWriter State) Step(Tensor words, TargetWriter writer)
    {
        var (logProbabilities, weights) = writer.Step(words);
        foreach (var id in NeverWritten)
        {
            using var column = logProbabilities.select(-1, id);
            column.fill_(Never);
        }
        return (logProbabilities, weights, writer);
    }

    private static TargetWriter Select(TargetWriter writer, Tensor rows)
    {
        writer.Select(rows);
        return writer;
    }
}
