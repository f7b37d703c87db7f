namespace Translator.Evaluation;

/// <summary>What changes a <see cref="Bleu"/> score; two scores compare only if these are equal.</summary>
/// <param name="Tokenization">How sentences become words.</param>
/// <param name="LowerCase">Whether letters lose their case first.</param>
public sealed record BleuOptions(
    BleuTokenization Tokenization = BleuTokenization.Mteval13a, bool LowerCase = false)
{
    /// <summary>The options in the notation of sacreBLEU's signatures.</summary>
    public string Signature
    {
        get
        {
            var letters = LowerCase ? "lc" : "mixed";
            var words = Tokenization == BleuTokenization.None ? "none" : "13a";
            return $"nrefs:1|case:{letters}|eff:no|tok:{words}|smooth:exp|impl:TorchAttention";
        }
    }
}
