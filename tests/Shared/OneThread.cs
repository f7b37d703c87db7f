using Tests.Shared;
using TorchSharp;
using Xunit;

[assembly: AssemblyFixture(typeof(OneThread))]

namespace Tests.Shared;

/// <summary>
/// Tests run side by side, so each computes on one thread: threads that wait for each other beside others slow all down.
/// </summary>
public sealed class OneThread
{
    public OneThread() => torch.set_num_threads(1);
}
