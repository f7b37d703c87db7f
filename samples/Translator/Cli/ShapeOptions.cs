using System.CommandLine;
using System.CommandLine.Parsing;
using TorchAttention;
using Translator.Model;

namespace Translator.Cli;

/// <summary>The options that say what a model is made of; what is not given comes from the preset.</summary>
internal sealed class ShapeOptions
{
    private readonly Option<string?> preset = Choice("--preset", "Sets every option of the model, the text and the training; any is overridden by giving it.",
        [.. Preset.All.Select(preset => preset.Name)]);

    private readonly Option<string?> kind = Choice("--model", "What kind of model, where no preset says so: rnn if not given.", ModelOptions.Kinds);
    private readonly Option<long?> embedding = Size("--embedding", "The size of a word vector.");
    private readonly Option<double?> dropout = new Option<double?>("--dropout") { Description = "The share of inputs dropped in training." }
        .Require(value => value is null or (>= 0 and < 1), "must be in [0, 1)");

    private readonly Option<string?> attention = Choice("--attention", "rnn: how the decoder looks at the source.", AttentionKind.Names);
    private readonly Option<long?> hidden = Size("--hidden", "rnn: the size of a recurrent state, an even number.");
    private readonly Option<long?> layers = Size("--layers", "transformer: how many layers read, and how many write.");
    private readonly Option<long?> encoderLayers = Size("--encoder-layers", "transformer: how many layers read.");
    private readonly Option<long?> decoderLayers = Size("--decoder-layers", "transformer: how many layers write.");
    private readonly Option<long?> heads = Size("--heads", "transformer: heads of an attention.");
    private readonly Option<long?> feedForward = Size("--feed-forward", "transformer: the size of the hidden layer in a feed-forward network.");
    private readonly Option<string?> norm = Choice("--norm", "transformer: whether a sublayer normalizes its input or its sum.", ["pre", "post"]);
    private readonly Option<PositionKind?> positions = new("--positions") { Description = "transformer: how it knows where a word stands." };
    private readonly Option<EmbeddingTying?> tying = new("--tie") { Description = "transformer: whether the output layer has the target's word vectors, or all tables are one." };
    private readonly Option<Activation?> activation = new("--activation") { Description = "transformer: the nonlinearity of the feed-forward networks." };

    /// <summary>Adds the options to a command, which then refuses those of another kind of model.</summary>
    internal ShapeOptions(Command command)
    {
        foreach (var option in (Option[])[preset, kind, embedding, dropout, .. OfRecurrent, .. OfTransformer]) command.Add(option);
        command.Validators.Add(Check);
    }

    private IEnumerable<Option> OfRecurrent => [attention, hidden];

    private IEnumerable<Option> OfTransformer =>
        [layers, encoderLayers, decoderLayers, heads, feedForward, norm, positions, tying, activation];

    /// <summary>The preset that was asked for, or that goes with the kind of model.</summary>
    internal Preset Standard(CommandResult result) => Preset.Find(result.GetValue(preset), result.GetValue(kind));

    /// <summary>The model that was asked for, but for its words.</summary>
    internal ModelOptions Model(ParseResult parsed)
    {
        var standard = Standard(parsed.CommandResult).Model;
        var common = standard with
        {
            EmbeddingDim = parsed.GetValue(embedding) ?? standard.EmbeddingDim,
            Dropout = parsed.GetValue(dropout) ?? standard.Dropout,
        };
        return common switch
        {
            RecurrentOptions recurrent => recurrent with
            {
                Attention = parsed.GetValue(attention) ?? recurrent.Attention,
                HiddenDim = parsed.GetValue(hidden) ?? recurrent.HiddenDim,
            },
            TransformerModelOptions transformer => Transformer(parsed, transformer),
            _ => common,
        };
    }

    private TransformerModelOptions Transformer(ParseResult parsed, TransformerModelOptions standard) => standard with
    {
        EncoderLayers = parsed.GetValue(encoderLayers) ?? parsed.GetValue(layers) ?? standard.EncoderLayers,
        DecoderLayers = parsed.GetValue(decoderLayers) ?? parsed.GetValue(layers) ?? standard.DecoderLayers,
        Heads = parsed.GetValue(heads) ?? standard.Heads,
        FeedForwardDim = parsed.GetValue(feedForward) ?? standard.FeedForwardDim,
        PreNorm = parsed.GetValue(norm) is { } given ? given == "pre" : standard.PreNorm,
        Positions = parsed.GetValue(positions) ?? standard.Positions,
        Tying = parsed.GetValue(tying) ?? standard.Tying,
        Activation = parsed.GetValue(activation) ?? standard.Activation,
    };

    private void Check(CommandResult result)
    {
        var found = Standard(result).Model.Kind;
        if (result.GetValue(kind) is { } wanted && wanted != found) result.AddError($"--preset {result.GetValue(preset)} is a model of the kind {found}, not {wanted}");
        foreach (var option in found == RecurrentOptions.Name ? OfTransformer : OfRecurrent)
            if (result.GetResult(option) is not null)
                result.AddError($"{option.Name} is no option of the kind {found}");
    }

    private static Option<string?> Choice(string name, string description, IReadOnlyCollection<string> values) =>
        new Option<string?>(name) { Description = description }.AcceptOnlyFromAmong([.. values]);

    private static Option<long?> Size(string name, string description) =>
        new Option<long?>(name) { Description = description }.Require(value => value is null or > 0, "must be at least 1");
}
