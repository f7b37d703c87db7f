using TorchSharp;
using Translator.Text;
using static TorchSharp.torch;

namespace Translator.Batching;

/// <summary>
/// Sentence pairs as tensors, padded to the longest: source (b, s) and, where there is one, target input and output (b, t).
/// </summary>
public sealed class Batch : IDisposable
{
    private Batch(Tensor source, long[] sourceLengths)
    {
        Source = source;
        SourceLengths = sourceLengths;
    }

    /// <summary>Token numbers (b, s), each sentence closed by the end mark.</summary>
    public Tensor Source { get; }

    /// <summary>The length of each source sentence, its end mark included.</summary>
    public long[] SourceLengths { get; }

    /// <summary>What the decoder reads (b, t): the begin mark, then the target.</summary>
    public Tensor? TargetInput { get; private init; }

    /// <summary>What the decoder is to say (b, t): the target, then the end mark, then padding.</summary>
    public Tensor? TargetOutput { get; private init; }

    /// <summary>Which of the b · t places of the target hold a token, counted row after row.</summary>
    public Tensor? TargetPositions { get; private init; }

    /// <summary>
    /// Where each target token comes from (b, t, s): its share is divided evenly among the source tokens that it is linked to, and a row
    /// of zeros is of one without links. Null where no pair has links.
    /// </summary>
    public Tensor? Links { get; private init; }

    /// <summary>How many target tokens there are, end marks included and padding not.</summary>
    public long TargetTokens => TargetPositions?.size(0) ?? 0;

    /// <summary>How many source tokens there are, end marks included and padding not.</summary>
    public long SourceTokens => SourceLengths.Sum();

    /// <summary>A batch to train on.</summary>
    public static Batch Of(IReadOnlyList<EncodedPair> pairs, Device device) => new(
        Pad([.. pairs.Select(pair => (long[])[.. pair.Source, SpecialTokens.EndId])], device), [.. pairs.Select(pair => pair.Source.Length + 1L)])
    {
        TargetInput = Pad([.. pairs.Select(pair => (long[])[SpecialTokens.BeginId, .. pair.Target])], device),
        TargetOutput = Pad([.. pairs.Select(pair => (long[])[.. pair.Target, SpecialTokens.EndId])], device),
        TargetPositions = Places([.. pairs.Select(pair => pair.Target.Length + 1L)], device),
        Links = pairs.Any(pair => pair.Links.Count > 0) ? Shares(pairs, device) : null,
    };

    /// <summary>A batch to translate.</summary>
    public static Batch OfSources(IReadOnlyList<long[]> sources, Device device) => new(
        Pad([.. sources.Select(source => (long[])[.. source, SpecialTokens.EndId])], device), [.. sources.Select(source => source.Length + 1L)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        Source.Dispose();
        TargetInput?.Dispose();
        TargetOutput?.Dispose();
        TargetPositions?.Dispose();
        Links?.Dispose();
    }

    private static Tensor Pad(long[][] rows, Device device)
    {
        var width = rows.Max(row => row.Length);
        var flat = new long[rows.Length * width];
        Array.Fill(flat, SpecialTokens.PadId);
        for (var i = 0; i < rows.Length; i++) rows[i].CopyTo(flat, i * width);
        return tensor(flat, rows.Length, width, dtype: ScalarType.Int64, device: device);
    }

    /// <summary>The first places of every row, as many as it is long, of rows as wide as the longest.</summary>
    private static Tensor Places(long[] lengths, Device device)
    {
        var width = lengths.Max();
        var places = lengths.SelectMany((length, row) => Enumerable.Range(0, (int)length).Select(at => (row * width) + at)).ToArray();
        return tensor(places, dtype: ScalarType.Int64, device: device);
    }

    private static Tensor Shares(IReadOnlyList<EncodedPair> pairs, Device device)
    {
        var (height, width) = (pairs.Max(pair => pair.Target.Length) + 1, pairs.Max(pair => pair.Source.Length) + 1);
        var shares = new float[pairs.Count * height * width];
        for (var row = 0; row < pairs.Count; row++)
            foreach (var target in pairs[row].Links.Distinct().GroupBy(link => link.Target))
                foreach (var link in target)
                    shares[(((row * height) + target.Key) * width) + link.Source] = 1f / target.Count();
        return tensor(shares, [pairs.Count, height, width], dtype: ScalarType.Float32, device: device);
    }
}
