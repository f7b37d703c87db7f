using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Translator.Corpus;

namespace Translator.Cli;

/// <summary>Any command's options as a JSON object, {"epochs": 20, "train-source": "a.de"}: those that the command line does not give.</summary>
internal sealed class ConfigFile
{
    private readonly RootCommand root;

    private readonly Option<string?> path = new("--config")
    {
        Description = "A JSON file with any of these options by name, without the dashes; what is given here as well wins.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Adds the option to every command.</summary>
    internal ConfigFile(RootCommand root)
    {
        this.root = root;
        root.Add(path);
    }

    /// <summary>The arguments with those of the file behind them, if the command is called with one.</summary>
    /// <exception cref="InputException">The file is no such object; the message names it and the key.</exception>
    internal string[] Expand(string[] arguments)
    {
        var parsed = root.Parse(arguments);
        if (parsed.GetResult(path) is not { Tokens: [var token] }) return arguments;

        var command = parsed.CommandResult.Command;
        var (file, result, added) = (token.Value, new List<string>(arguments), new List<Option>());
        using var json = Read(file);
        foreach (var property in json.RootElement.EnumerateObject())
        {
            var option = command.Options.FirstOrDefault(option => option.Name == $"--{property.Name}")
                ?? throw InputException.In(file, $"{command.Name} has no option '{property.Name}'");
            var text = Text(property.Value) ?? throw InputException.In(file, $"'{property.Name}' is no text, number, true or false");
            if (parsed.GetResult(option) is { Implicit: false }) continue;
            result.AddRange([option.Name, text]);
            added.Add(option);
        }
        foreach (var error in root.Parse(result).Errors)
            if (added.Find(option => IsOf(option, error.SymbolResult)) is { } option)
                throw InputException.In(file, $"'{option.Name[2..]}': {error.Message}");
        return [.. result];
    }

    private static bool IsOf(Option option, SymbolResult? result) =>
        result is OptionResult own ? own.Option == option : result is ArgumentResult && IsOf(option, result.Parent);

    private static JsonDocument Read(string file)
    {
        PathName.Require(file);
        try
        {
            var json = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw InputException.In(file, "is not a JSON object");
        }
        catch (JsonException error)
        {
            throw new InputException($"{file}:{(error.LineNumber ?? 0) + 1}: not JSON: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
