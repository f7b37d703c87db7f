using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>
/// Scheduled sampling (Bengio et al., 2015): now and then the decoder reads what it would have written itself, not what it should have, so
/// that in use its own mistakes do not come as a surprise. All words of its own are of one pass over the whole target (Mihaylova and
/// Martins, 2019), which suits recurrent models and Transformers alike.
/// </summary>
internal static class OwnWords
{
    /// <summary>Replaces words that the decoder reads, each with a probability; never the begin mark, nor padding.</summary>
    /// <param name="batch">Its target input is changed.</param>
    /// <param name="model">What writes; it is in training mode before and after.</param>
    /// <param name="probability">Of a word.</param>
    /// <param name="chance">Decides which.</param>
    internal static void Mix(Batch batch, TranslationModel model, double probability, SplitMix64 chance)
    {
        var read = batch.TargetInput!;
        var width = read.size(1) - 1;
        if (probability <= 0 || width == 0) return;

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        model.eval();
        var own = model.Predict(batch).narrow(1, 0, width); // (b, t - 1): what comes next
        model.train();
        bool[] drawn = [.. Enumerable.Range(0, (int)(own.size(0) * width)).Select(_ => chance.Happens(probability))];
        var replaced = tensor(drawn, own.size(0), width, dtype: ScalarType.Bool, device: read.device);
        var given = read.narrow(1, 1, width);
        using var padding = tensor(Text.SpecialTokens.PadId, dtype: ScalarType.Int64, device: read.device);
        given.copy_(where(replaced.logical_and(given.not_equal(padding)), own, given));
    }
}
