using TorchSharp;
using Xunit;

namespace TorchAttention.Tests.Support;

/// <summary>Counts the tensors that a piece of code leaves alive on this thread.</summary>
internal static class NoLeaks
{
    /// <summary>Fails unless exactly <paramref name="expected"/> more tensors live after the action than before.</summary>
    internal static void Leaves(long expected, Action action, string what)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        action();
        var left = DisposeScopeManager.Statistics.ThreadTotalLiveCount - before;
        Assert.True(left == expected, $"{what} leaves {left} live tensors instead of {expected}");
    }

    internal static void LeavesNone(Action action, string what) => Leaves(0, action, what);
}
