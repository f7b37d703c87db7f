using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>
/// A small Transformer around an exercise whose queries are places: symbols and places are learned vectors, and either an encoder
/// answers in place, or a decoder asks for each place and attends to an encoder's reading of the symbols.
/// </summary>
internal sealed class Stack : Learner
{
    private readonly Embedding symbol;
    private readonly LearnedPositions place;
    private readonly Encoder encoder;
    private readonly Decoder? decoder;
    private readonly Linear output;

    internal Stack(Exercise exercise, TransformerOptions options, long layers, bool hasDecoder)
        : base(nameof(Stack))
    {
        symbol = nn.Embedding(exercise.Symbols, options.EmbedDim, device: CPU);
        place = new LearnedPositions(exercise.Keys, options.EmbedDim);
        encoder = new Encoder(options, layers);
        decoder = hasDecoder ? new Decoder(options, layers) : null;
        output = nn.Linear(options.EmbedDim, exercise.Symbols, device: CPU);
        RegisterComponents();
    }

    internal override Tensor Answer(Examples examples)
    {
        var symbols = symbol.call(examples.Value);
        var read = encoder.call(place.call(symbols));
        // A decoder sees the places alone: what stands there must come from its memory.
        return output.call(decoder is null ? read : decoder.call(place.call(zeros_like(symbols)), read));
    }
}
