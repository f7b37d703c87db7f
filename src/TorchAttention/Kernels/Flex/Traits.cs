namespace TorchAttention;

/// <summary>
/// Which members a modification implements. A default member is never called on the way of every score: it would box the struct.
/// </summary>
internal static class Traits<TModification>
    where TModification : struct, IScoreModification
{
    internal static readonly bool HasKinds = Implements(nameof(IScoreModification.Classify));

    internal static readonly bool HasDerivative = Implements(nameof(IScoreModification.Derivative));

    internal static readonly bool HasGradient = Implements(nameof(IScoreModification.AddGradient));

    private static bool Implements(string member)
    {
        var map = typeof(TModification).GetInterfaceMap(typeof(IScoreModification));
        var index = Array.FindIndex(map.InterfaceMethods, method => method.Name == member);
        return map.TargetMethods[index].DeclaringType != typeof(IScoreModification);
    }
}
