using System.Numerics;

namespace TorchAttention;

/// <summary>
/// What sets one α of entmax apart from another. A weight is p = r^β, where r = max((α - 1) z - τ, 0) and β = 1 / (α - 1); its
/// slope dp/dz at a fixed τ is r^(β - 1) = p^(2 - α), so p = slope · r. Outside the support both are zero.
/// </summary>
internal interface IEntmaxPower<T> : IEntmaxSlope<T>
{
    /// <summary>α - 1.</summary>
    T Scale { get; }

    /// <summary>r^(β - 1).</summary>
    Vector<T> SlopeOfResidual(Vector<T> residual);
}

/// <summary>What backward needs of it. Softmax has that too: it is the limit at α = 1, where there is no threshold any more.</summary>
internal interface IEntmaxSlope<T>
{
    /// <summary>p^(2 - α).</summary>
    Vector<T> SlopeOfWeight(Vector<T> weight);
}

/// <summary>α = 1, softmax: the slope is the weight itself.</summary>
internal readonly struct SoftmaxSlope<T> : IEntmaxSlope<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public Vector<T> SlopeOfWeight(Vector<T> weight) => weight;
}

/// <summary>α = 2, sparsemax: the slope is one.</summary>
internal readonly struct SparsemaxPower<T> : IEntmaxPower<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Scale => T.One;

    public Vector<T> SlopeOfResidual(Vector<T> residual) => One(residual);

    public Vector<T> SlopeOfWeight(Vector<T> weight) => One(weight);

    private static Vector<T> One(Vector<T> positive) =>
        Vector.ConditionalSelect(Vector.GreaterThan(positive, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero);
}

/// <summary>α = 1.5: the slope is the residual itself.</summary>
internal readonly struct Entmax15Power<T> : IEntmaxPower<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Scale => T.One / (T.One + T.One);

    public Vector<T> SlopeOfResidual(Vector<T> residual) => residual;

    public Vector<T> SlopeOfWeight(Vector<T> weight) => Vector.SquareRoot(weight);
}

/// <summary>Any α above 1.</summary>
internal readonly struct AnyPower<T>(T alpha) : IEntmaxPower<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Scale { get; } = alpha - T.One;

    public Vector<T> SlopeOfResidual(Vector<T> residual) => Power(residual, (T.One / Scale) - T.One);

    public Vector<T> SlopeOfWeight(Vector<T> weight) => Power(weight, T.One - Scale);

    /// <summary>Zero stays zero, whatever the exponent.</summary>
    private static Vector<T> Power(Vector<T> number, T exponent) => Vector.ConditionalSelect(
        Vector.GreaterThan(number, Vector<T>.Zero), Exp(Log(number) * exponent), Vector<T>.Zero);

    private static Vector<T> Exp(Vector<T> number) => typeof(T) == typeof(float)
        ? Vector.Exp(number.As<T, float>()).As<float, T>()
        : Vector.Exp(number.As<T, double>()).As<double, T>();

    private static Vector<T> Log(Vector<T> number) => typeof(T) == typeof(float)
        ? Vector.Log(number.As<T, float>()).As<float, T>()
        : Vector.Log(number.As<T, double>()).As<double, T>();
}
