using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>Graph attention in float64 by nested loops: every target looks through all edges for its own.</summary>
internal sealed class GraphOracle(Dictionary<string, Grid> parameters, long heads, bool average)
{
    private const double Slope = 0.2;

    internal static GraphOracle Of(GraphAttention attention, long heads, bool average) =>
        new(attention.state_dict().ToDictionary(entry => entry.Key, entry => Grid.Of(entry.Value)), heads, average);

    internal (Grid Context, Grid Weights) Attend(Grid nodes, (int Source, int Target)[] edges)
    {
        var n = (int)nodes.Shape[0];
        var outputs = parameters["source_projection.weight"].Shape[0] / heads;
        var weights = Grid.Zeros(edges.Length, heads);
        var context = Grid.Zeros(n, average ? outputs : heads * outputs);
        for (var h = 0L; h < heads; h++)
        {
            for (var target = 0; target < n; target++)
            {
                var incoming = Enumerable.Range(0, edges.Length).Where(e => edges[e].Target == target).ToArray();
                var scores = incoming.Select(e => Score(nodes, edges[e].Source, target, h, outputs)).ToArray();
                var exponentials = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                for (var k = 0; k < incoming.Length; k++)
                {
                    var weight = weights.Row([], incoming[k])[(int)h] = exponentials[k] / exponentials.Sum();
                    for (var o = 0L; o < outputs; o++)
                        context.Row([], target)[(int)(average ? o : h * outputs + o)] +=
                            weight * Project("source_projection", nodes, edges[incoming[k]].Source, h * outputs + o) / (average ? heads : 1);
                }
            }
        }
        return (context, weights);
    }

    private double Score(Grid nodes, int source, int target, long head, long outputs)
    {
        var score = 0.0;
        for (var o = 0L; o < outputs; o++)
        {
            var ofSource = Project("source_projection", nodes, source, head * outputs + o);
            if (parameters.TryGetValue("energy", out var energy))
                score += energy.Row([], head)[(int)o] * Leaky(ofSource + Project("target_projection", nodes, target, head * outputs + o));
            else
                score += parameters["source_energy"].Row([], head)[(int)o] * ofSource
                    + parameters["target_energy"].Row([], head)[(int)o] * Project("source_projection", nodes, target, head * outputs + o);
        }
        return parameters.ContainsKey("energy") ? score : Leaky(score);
    }

    private double Project(string name, Grid nodes, int node, long row) =>
        ScoreKind.Product(parameters[name + ".weight"].Row([], row), nodes.Row([], node));

    private static double Leaky(double x) => x > 0 ? x : Slope * x;
}
