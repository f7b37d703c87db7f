using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Adds a learned vector for the position to every vector.</summary>
/// <remarks>
/// One row of weight (maxLength, dim) for each position, drawn from N(0, 0.02²) as Radford et al. (2018) do: later positions do
/// not exist. input (…, l, dim) → (…, l, dim). Source: Gehring et al. (2017).
/// </remarks>
public sealed class LearnedPositions : PositionModule
{
    private readonly Parameter weight;

    /// <summary>Creates the positions.</summary>
    /// <param name="maxLength">How many positions there are.</param>
    /// <param name="dim">The size of a vector.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public LearnedPositions(long maxLength, long dim)
        : base(nameof(LearnedPositions), dim)
    {
        weight = new Parameter(nn.init.normal_(
            empty(Guard.Size(maxLength, nameof(maxLength)), Guard.Size(dim, nameof(dim)), device: CPU), 0, 0.02));
        weight.DetachFromDisposeScope(); // outlives a dispose scope that the module is made in
        RegisterComponents();
    }

    private protected override void Check(Tensor input, long offset)
    {
        var (length, positions) = (input.size(-2), weight.size(0));
        if (offset > positions - length)
            throw new ArgumentException(
                $"input {Guard.Show(input.shape)} from position {offset} on ends after the last of {positions} positions.", nameof(input));
    }

    private protected override Tensor Place(Tensor input, Tensor positions) =>
        Numbers.Sum(input, weight.index_select(0, positions.to(ScalarType.Int64)));
}
