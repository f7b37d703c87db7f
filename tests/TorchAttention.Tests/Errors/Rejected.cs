using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;

namespace TorchAttention.Tests.Errors;

/// <summary>What bad input must meet: an ArgumentException that names one of the arguments, and nothing left behind.</summary>
internal static class Rejected
{
    /// <summary>Fails unless the action is rejected; "a|b" expects either name, as a mismatch has two sides.</summary>
    internal static ArgumentException Check(string argument, Action action)
    {
        ArgumentException? rejection = null;
        NoLeaks.LeavesNone(
            () =>
            {
                try
                {
                    action();
                }
                catch (ArgumentException exception)
                {
                    rejection = exception;
                }
            },
            $"the rejection of {argument}");
        Assert.True(rejection is not null, $"accepted, although {argument} is wrong");
        Assert.Contains(rejection!.ParamName, argument.Split('|'));
        return rejection;
    }
}
