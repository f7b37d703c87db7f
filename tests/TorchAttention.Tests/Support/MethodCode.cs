using System.Reflection;
using System.Reflection.Emit;

namespace TorchAttention.Tests.Support;

/// <summary>What a method of the library does first hand, read from its compiled code.</summary>
internal static class MethodCode
{
    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>
    /// Whether a method checks its arguments or throws: in its own code, or in that of the private methods of its class which it calls.
    /// </summary>
    internal static bool Throws(MethodBase method) => Throws(method, []);

    private static bool Throws(MethodBase method, HashSet<MethodBase> seen) => seen.Add(method) && Instructions(method).Any(instruction =>
        instruction.Code == System.Reflection.Emit.OpCodes.Throw || instruction.Called is { } called && (IsCheck(called)
            || called.IsPrivate && called.DeclaringType == method.DeclaringType && Throws(called, seen)));

    private static bool IsCheck(MethodBase called) =>
        called.Name.StartsWith("ThrowIf", StringComparison.Ordinal)
        || called.DeclaringType == typeof(Guard) && Instructions(called).Any(instruction => instruction.Code == System.Reflection.Emit.OpCodes.Throw);

    private static IEnumerable<(OpCode Code, MethodBase? Called)> Instructions(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var first = code[at++];
            var opCode = OpCodes[first == 0xfe ? (short)(0xfe00 | code[at++]) : first];
            var called = opCode.OperandType == OperandType.InlineMethod ? Resolve(method, BitConverter.ToInt32(code, at)) : null;
            yield return (opCode, called);
            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static MethodBase? Resolve(MethodBase method, int token) => method.Module.ResolveMethod(
        token, method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);
}
