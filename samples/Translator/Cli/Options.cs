using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;
using Translator.Model;

namespace Translator.Cli;

/// <summary>The options that more than one command has, and checks of their values.</summary>
internal static class Options
{
    internal static Option<string> Attention()
    {
        var option = new Option<string>("--attention")
        {
            Description = "How the decoder looks at the source.",
            DefaultValueFactory = _ => "additive",
        };
        return option.AcceptOnlyFromAmong([.. AttentionKind.Names]);
    }

    internal static Option<int> Seed() =>
        new("--seed") { Description = "Decides initial weights, order and dropout.", DefaultValueFactory = _ => 1 };

    internal static Option<double?> Minutes() => Positive<double>("--minutes", "Stop training after so many minutes.");

    internal static Option<string> Model() =>
        new("--model") { Description = "The folder that training wrote.", Required = true, HelpName = "DIR" };

    /// <summary>The model that comes with the sample is taken where none is named.</summary>
    internal static Option<string> ModelOrOwn() => new("--model")
    {
        Description = "The folder that training wrote; a small model of the toy corpus, French to English, if not given.",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "models", "fr-en"),
        HelpName = "DIR",
    };

    internal static Option<string?> TensorBoard() =>
        new("--tensorboard") { Description = "Also write events for TensorBoard there.", HelpName = "DIR" };

    internal static Option<int> MaxTokens() => Number(
        "--max-tokens", "A longer line is no sentence: it is an error, for it would take long and much memory.", SentenceReader.MostTokens, value => value > 0, "must be at least 1");

    internal static Option<T> Number<T>(string name, string description, T standard, Func<T?, bool> holds, string what) =>
        new Option<T>(name) { Description = description, DefaultValueFactory = _ => standard }.Require(holds, what);

    /// <summary>An option for a number above zero.</summary>
    internal static Option<T?> Positive<T>(string name, string description)
        where T : struct, INumber<T> =>
        new Option<T?>(name) { Description = description }.Require(value => value is null || value > T.Zero, "must be more than 0");

    /// <summary>Refuses a value with one line that names the option.</summary>
    internal static Option<T> Require<T>(this Option<T> option, Func<T?, bool> holds, string what)
    {
        option.Validators.Add(result =>
        {
            if (TryGetValue<T>(result, out var value) && !holds(value)) result.AddError($"{option.Name} {what}");
        });
        return option;
    }

    /// <summary>False for text that is no value of the type at all, of which the parser says so itself.</summary>
    private static bool TryGetValue<T>(OptionResult result, out T? value)
    {
        try
        {
            value = result.GetValueOrDefault<T>();
            return true;
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }
}
