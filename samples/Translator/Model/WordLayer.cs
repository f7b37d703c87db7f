using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>The output layer: a word's score is the product of the decoder's vector with the word's own, and the word's bias.</summary>
/// <param name="Weight">The words' vectors (words, embedding).</param>
/// <param name="Bias">Their biases (words).</param>
internal readonly record struct WordLayer(Tensor Weight, Tensor Bias)
{
    /// <summary>Scores of all words for vectors (…, embedding) → (…, words).</summary>
    internal Tensor Scores(Tensor vectors) => nn.functional.linear(vectors, Weight, Bias);
}
