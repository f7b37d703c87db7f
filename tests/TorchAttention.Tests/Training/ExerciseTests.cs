using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>The exercises ask what they say, and always the same for a seed.</summary>
public class ExerciseTests
{
    private static readonly Dictionary<string, (Exercise Exercise, Func<Example, int, long> Solve)> Solutions = new()
    {
        ["first match"] = (Exercise.FirstMatch(), (example, i) => example.Key.Zip(example.Value).First(pair => pair.First == example.Query[i]).Second),
        ["needle"] = (Exercise.Needle(), (example, _) => example.Key.Zip(example.Value).Single(pair => pair.First == 1).Second),
        ["copy"] = (Exercise.Copy(), (example, i) => example.Value[i]),
        ["copy from before"] = (Exercise.Copy(shift: 2), (example, i) => example.Value[i < 2 ? i : i - 2]),
        ["reverse"] = (Exercise.Reverse(), (example, i) => example.Value[^(i + 1)]),
        // As many are smaller as can stand before, and no more.
        ["sort"] = (Exercise.Sort(), (example, i) => example.Value.Distinct().Single(
            symbol => example.Value.Count(other => other < symbol) <= i && example.Value.Count(other => other <= symbol) > i)),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => Solutions.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void HaveTheirSolution(string name)
    {
        var (exercise, solve) = Solutions[name];
        var data = new Data(33);
        for (var n = 0; n < 100; n++)
        {
            var example = exercise.One(data);
            Assert.Equal(exercise.Keys, example.Key.Length);
            Assert.Equal(exercise.Keys, example.Value.Length);
            Assert.All([.. example.Key, .. example.Value], symbol => Assert.InRange(symbol, 0, exercise.Symbols - 1));
            Assert.All(example.Query, question => Assert.InRange(question, 0, exercise.Questions - 1));
            Assert.Equal(example.Query.Select((_, i) => solve(example, i)), example.Answer);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AreTheSameForASeed(string name)
    {
        using var scope = NewDisposeScope();
        var exercise = Solutions[name].Exercise;
        var (first, second, other) = (exercise.Draw(new Data(1), 5), exercise.Draw(new Data(1), 5), exercise.Draw(new Data(2), 5));
        Close.Exact.Check(second.Query, first.Query, "query");
        Close.Exact.Check(second.Key, first.Key, "key");
        Close.Exact.Check(second.Value, first.Value, "value");
        Close.Exact.Check(second.Answer, first.Answer, "answer");
        Assert.NotEqual(Grid.Of(first.Value).Numbers, Grid.Of(other.Value).Numbers);
    }
}
