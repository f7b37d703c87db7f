namespace TorchAttention;

/// <summary>
/// Which members a modification implements; one of two parts implements what a part does. A default member is never called on the
/// way of every score: it would box the struct.
/// </summary>
internal static class Traits<TModification>
    where TModification : struct, IScoreModification
{
    /// <summary>Whether it tells tiles apart.</summary>
    internal static readonly bool HasKinds = Implements(typeof(TModification), nameof(IScoreModification.Classify));

    internal static readonly bool HasDerivative = Implements(typeof(TModification), nameof(IScoreModification.Derivative));

    internal static readonly bool HasGradient = Implements(typeof(TModification), nameof(IScoreModification.AddGradient));

    /// <summary>Whether it may have parameters or flags.</summary>
    internal static readonly bool HasTensors =
        Implements(typeof(TModification), $"get_{nameof(IScoreModification.Parameters)}")
        || Implements(typeof(TModification), $"get_{nameof(IScoreModification.Flags)}");

    private static bool Implements(Type modification, string member)
    {
        if (modification == typeof(NoModification)) return false;
        if (modification.IsGenericType && modification.GetGenericTypeDefinition() == typeof(Both<,>))
            return Array.Exists(modification.GetGenericArguments(), part => Implements(part, member));
        var map = modification.GetInterfaceMap(typeof(IScoreModification));
        var index = Array.FindIndex(map.InterfaceMethods, method => method.Name == member);
        return map.TargetMethods[index].DeclaringType != typeof(IScoreModification);
    }
}
