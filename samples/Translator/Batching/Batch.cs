using TorchSharp;
using Translator.Text;
using static TorchSharp.torch;

namespace Translator.Batching;

/// <summary>
/// Sentence pairs as tensors, padded to the longest: source (b, s) and, where there is one, target input and output (b, t).
/// </summary>
public sealed class Batch : IDisposable
{
    private Batch(Tensor source, long[] sourceLengths, Tensor? targetInput, Tensor? targetOutput, long targetTokens)
    {
        Source = source;
        SourceLengths = sourceLengths;
        TargetInput = targetInput;
        TargetOutput = targetOutput;
        TargetTokens = targetTokens;
    }

    /// <summary>Token numbers (b, s), each sentence closed by the end mark.</summary>
    public Tensor Source { get; }

    /// <summary>The length of each source sentence, its end mark included.</summary>
    public long[] SourceLengths { get; }

    /// <summary>What the decoder reads (b, t): the begin mark, then the target.</summary>
    public Tensor? TargetInput { get; }

    /// <summary>What the decoder is to say (b, t): the target, then the end mark, then padding.</summary>
    public Tensor? TargetOutput { get; }

    /// <summary>How many target tokens there are, end marks included and padding not.</summary>
    public long TargetTokens { get; }

    /// <summary>How many source tokens there are, end marks included and padding not.</summary>
    public long SourceTokens => SourceLengths.Sum();

    /// <summary>A batch to train on.</summary>
    public static Batch Of(IReadOnlyList<EncodedPair> pairs, Device device)
    {
        var source = Pad([.. pairs.Select(pair => (long[])[.. pair.Source, SpecialTokens.EndId])], device);
        var input = Pad([.. pairs.Select(pair => (long[])[SpecialTokens.BeginId, .. pair.Target])], device);
        var output = Pad([.. pairs.Select(pair => (long[])[.. pair.Target, SpecialTokens.EndId])], device);
        return new Batch(
            source, [.. pairs.Select(pair => pair.Source.Length + 1L)], input, output, pairs.Sum(pair => pair.Target.Length + 1L));
    }

    /// <summary>A batch to translate.</summary>
    public static Batch OfSources(IReadOnlyList<long[]> sources, Device device) => new(
        Pad([.. sources.Select(source => (long[])[.. source, SpecialTokens.EndId])], device),
        [.. sources.Select(source => source.Length + 1L)], null, null, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        Source.Dispose();
        TargetInput?.Dispose();
        TargetOutput?.Dispose();
    }

    private static Tensor Pad(long[][] rows, Device device)
    {
        var width = rows.Max(row => row.Length);
        var flat = new long[rows.Length * width];
        Array.Fill(flat, SpecialTokens.PadId);
        for (var i = 0; i < rows.Length; i++) rows[i].CopyTo(flat, i * width);
        return tensor(flat, rows.Length, width, dtype: ScalarType.Int64, device: device);
    }
}
