using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>
/// Writes the translations of a batch word by word: it holds what was read, once for all steps, and what the model remembers of the
/// words so far.
/// </summary>
public abstract class TargetWriter : IDisposable
{
    /// <summary>One step: the last words (b) in; log-probabilities of the next ones (b, words) and the attention's weights (b, s) out.</summary>
    public abstract (Tensor LogProbabilities, Tensor Weights) Step(Tensor words);

    /// <summary>Goes on with other rows: row i is what row <c>rows[i]</c> (int64) was, so that hypotheses can multiply and end.</summary>
    public abstract void Select(Tensor rows);

    /// <summary>Frees what it holds.</summary>
    public abstract void Dispose();
}
