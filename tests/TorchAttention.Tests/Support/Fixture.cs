using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>One case of a JSON file of numbers from an independent implementation.</summary>
internal sealed class Fixture
{
    private readonly JsonElement json;

    private Fixture(JsonElement json) => this.json = json;

    internal static IEnumerable<string> Names(string suite) => Cases(suite).Select(item => item.GetProperty("name").GetString()!);

    internal static Fixture Load(string suite, string name) =>
        new(Cases(suite).Single(item => item.GetProperty("name").GetString() == name));

    internal JsonElement? Argument(string name) => json.GetProperty("args").TryGetProperty(name, out var value) ? value : null;

    internal double Number(string name) => Argument(name)!.Value.GetDouble();

    internal bool Flag(string name) => Argument(name)?.GetBoolean() ?? false;

    internal long Integer(string name) => Argument(name)!.Value.GetInt64();

    internal long[]? Lengths => Integers("lengths");

    internal long[]? Integers(string name) => Argument(name)?.EnumerateArray().Select(number => number.GetInt64()).ToArray();

    internal Tensor Input(string name) => Read(json.GetProperty("inputs").GetProperty(name)).requires_grad_();

    internal Tensor Allowed => Read(json.GetProperty("inputs").GetProperty("allowed")).to(ScalarType.Bool);

    internal bool HasInput(string name) => json.GetProperty("inputs").TryGetProperty(name, out _);

    internal Tensor Parameter(string name) => Read(json.GetProperty("params").GetProperty(name));

    internal IEnumerable<string> Parameters => json.GetProperty("params").EnumerateObject().Select(parameter => parameter.Name);

    internal Tensor Upstream => Read(json.GetProperty("upstream"));

    /// <summary>An expected tensor, or null where the file has none.</summary>
    internal Tensor? Expected(string name) => Find(json.GetProperty("expected"), name);

    /// <summary>An expected gradient, or null where the file says that none flows.</summary>
    internal Tensor? Gradient(string name) => Find(json.GetProperty("expected").GetProperty("grads"), name);

    internal IEnumerable<string> Gradients =>
        json.GetProperty("expected").GetProperty("grads").EnumerateObject().Select(gradient => gradient.Name);

    private static List<JsonElement> Cases(string suite)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", suite + ".json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.Clone().GetProperty("cases").EnumerateArray()];
    }

    private static Tensor? Find(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Read(value) : null;

    private static Tensor Read(JsonElement element) => new Grid(
        [.. element.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())],
        [.. element.GetProperty("data").EnumerateArray().Select(Number)]).ToTensor();

    private static double Number(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String => element.GetString() switch
        {
            "-inf" => double.NegativeInfinity,
            "inf" => double.PositiveInfinity,
            _ => double.NaN,
        },
        _ => element.GetDouble(),
    };
}
