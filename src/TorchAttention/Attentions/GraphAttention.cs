using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Graph attention: each node takes the mean of its neighbours, weighted by a softmax over its incoming edges.</summary>
/// <remarks>
/// <code>
/// weight(edge) = exp(score(edge)) / Σ exp(score) over the edges with the same target
/// context_i    = Σ weight · W h_source over the edges with target i
/// </code>
/// <para>
/// Messages flow from source to target: edges (2, E) hold the sources in row 0 and the targets in row 1, as indices of nodes.
/// An edge listed twice counts twice; a node without incoming edges gets zeros, so most graphs want
/// <see cref="AddSelfLoops"/>. Time and memory grow with the number of edges E, not with n². A node of no edge may hold NaN.
/// </para>
/// <para>
/// nodes (n, inputs), edges (2, E) → context (n, heads · outputs), or (n, outputs) where heads are averaged; no bias and no
/// nonlinearity follow. <see cref="GraphScore"/> has the formulas of the score, with a slope of 0.2. Dropout acts on the weights.
/// Sources: Veličković et al. (2018); Brody, Alon and Yahav (2022).
/// </para>
/// </remarks>
public sealed class GraphAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Slope = 0.2;

    private readonly long heads;
    private readonly long outputDim;
    private readonly bool average;
    private readonly double dropout;

    [ComponentName(Name = "source_projection")]
    private readonly Linear sourceProjection;

    [ComponentName(Name = "source_energy")]
    private readonly Parameter? sourceEnergy;

    [ComponentName(Name = "target_energy")]
    private readonly Parameter? targetEnergy;

    [ComponentName(Name = "target_projection")]
    private readonly Linear? targetProjection;

    private readonly Parameter? energy;

    /// <summary>Creates the attention.</summary>
    /// <param name="inputDim">The size of a node that comes in.</param>
    /// <param name="outputDim">The size of a node that comes out, per head.</param>
    /// <param name="heads">How many heads attend side by side.</param>
    /// <param name="average">Whether the heads are averaged, as in a last layer, instead of concatenated.</param>
    /// <param name="score">How an edge is scored.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <exception cref="ArgumentException">A size is not positive, or another argument is out of range.</exception>
    public GraphAttention(
        long inputDim, long outputDim, long heads = 1, bool average = false, GraphScore score = GraphScore.Static, double dropout = 0)
        : base(nameof(GraphAttention))
    {
        InputDim = Guard.Size(inputDim, nameof(inputDim));
        this.outputDim = Guard.Size(outputDim, nameof(outputDim));
        this.heads = Guard.Size(heads, nameof(heads));
        this.average = average;
        this.dropout = Guard.Probability(dropout, nameof(dropout));
        if (!Enum.IsDefined(score)) throw new ArgumentOutOfRangeException(nameof(score), score, "Unknown score.");

        sourceProjection = Projection();
        if (score == GraphScore.Static) (sourceEnergy, targetEnergy) = (Energy(), Energy());
        else (targetProjection, energy) = (Projection(), Energy());
        RegisterComponents();
    }

    /// <summary>The size of a node that comes in.</summary>
    public long InputDim { get; }

    /// <summary>The edges, and for every node one from itself to itself.</summary>
    /// <param name="edges">Sources and targets (2, E), Int64, without self-loops: an edge that is there already would be there twice.</param>
    /// <param name="nodes">n, the number of nodes.</param>
    /// <returns>The edges (2, E + n), those given first.</returns>
    /// <exception cref="ArgumentException">The tensor is not Int64 with shape (2, E), or an index is none of a node.</exception>
    public static Tensor AddSelfLoops(Tensor edges, long nodes)
    {
        Guard.Edges(edges, Guard.NotNegative(nodes, nameof(nodes)));
        using var scope = NewDisposeScope();
        var loops = Numbers.Range(0, nodes, ScalarType.Int64, edges.device).expand(2, nodes);
        return cat([edges, loops], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Attends along the edges.</summary>
    /// <param name="nodes">(n, inputs).</param>
    /// <param name="edges">Sources and targets (2, E), Int64.</param>
    /// <returns>The context (n, heads · outputs), or (n, outputs) where heads are averaged.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or an index is none of a node.</exception>
    public override Tensor forward(Tensor nodes, Tensor edges)
    {
        var (context, weights) = Attend(nodes, edges);
        weights.Dispose();
        return context;
    }

    /// <summary>Attends and also returns the weights, per edge and head and before dropout.</summary>
    /// <param name="nodes">(n, inputs).</param>
    /// <param name="edges">Sources and targets (2, E), Int64.</param>
    /// <returns>The context (n, heads · outputs), or (n, outputs) where heads are averaged, and the weights (E, heads).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or an index is none of a node.</exception>
    public (Tensor Context, Tensor Weights) Attend(Tensor nodes, Tensor edges)
    {
        Guard.Graph(this, nodes, edges);
        using var scope = NewDisposeScope();
        var (n, source, target) = (nodes.size(0), edges.select(0, 0), edges.select(0, 1));
        nodes = nodes.Fill(Isolated(n, edges), 0);
        var projected = Split(sourceProjection.call(nodes)); // (n, heads, outputs)
        var weights = SegmentSoftmax.Of(Precise(Scores(nodes, projected, source, target)), target, n); // (E, heads)

        var kept = DropoutFunction.Apply(weights, dropout, training);
        var messages = Precise(projected).index_select(0, source) * kept.unsqueeze(-1); // (E, heads, outputs)
        var context = zeros(n, heads, outputDim, dtype: messages.dtype, device: messages.device).AddRows(target, messages);
        context = average ? context.mean([1]) : context.reshape(n, heads * outputDim);
        return (context.to(nodes.dtype).MoveToOuterDisposeScope(), weights.to(nodes.dtype).MoveToOuterDisposeScope());
    }

    /// <summary>(E, heads).</summary>
    private Tensor Scores(Tensor nodes, Tensor projected, Tensor source, Tensor target)
    {
        if (targetProjection is null)
        {
            // aᵀ [W h_target ‖ W h_source] is a sum of one number per node each.
            var ofSource = (projected * sourceEnergy!).sum(-1); // (n, heads)
            var ofTarget = (projected * targetEnergy!).sum(-1);
            return Numbers.Sum(ofSource.index_select(0, source), ofTarget.index_select(0, target)).Leaky(Slope);
        }
        var targets = Split(targetProjection.call(nodes));
        var hidden = Numbers.Sum(projected.index_select(0, source), targets.index_select(0, target)).Leaky(Slope); // (E, heads, outputs)
        return (hidden * energy!).sum(-1);
    }

    /// <summary>Nodes that no edge touches, (n, 1): their numbers must not reach the gradient of a projection.</summary>
    private static Tensor Isolated(long n, Tensor edges) =>
        ones(n, dtype: ScalarType.Bool, device: edges.device).FillRows(edges.reshape(-1), false).unsqueeze(-1);

    private static Tensor Precise(Tensor tensor) =>
        tensor.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? tensor.to(ScalarType.Float32) : tensor;

    /// <summary>(n, heads · outputs) → (n, heads, outputs).</summary>
    private Tensor Split(Tensor projected) => projected.reshape(projected.size(0), heads, outputDim);

    private Linear Projection()
    {
        var projection = nn.Linear(InputDim, heads * outputDim, hasBias: false, device: CPU);
        nn.init.xavier_uniform_(projection.weight!);
        return projection;
    }

    private Parameter Energy()
    {
        var numbers = new Parameter(nn.init.xavier_uniform_(empty(heads, outputDim, device: CPU)));
        numbers.DetachFromDisposeScope(); // it must outlive a dispose scope that the module is made in
        return numbers;
    }
}
