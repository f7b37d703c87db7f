using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>The three tensors of a call.</summary>
internal sealed record Inputs(Tensor Query, Tensor Key, Tensor Value)
{
    internal long QueryLength => Query.size(-2);

    internal long KeyLength => Key.size(-2);

    /// <summary>The leading sizes of the scores, for inputs whose sizes are all the query's or 1.</summary>
    internal long[] Leading => Query.shape[..^2];

    internal IEnumerable<(string Name, Tensor Leaf)> Named => [("query", Query), ("key", Key), ("value", Value)];

    internal Inputs RequiresGrad() => Map(tensor => tensor.requires_grad_());

    /// <summary>Fresh leaves with the same numbers.</summary>
    internal Inputs Copy() => Map(tensor => tensor.detach().clone());

    internal Inputs To(ScalarType dtype) => Map(tensor => tensor.detach().to(dtype, copy: true));

    internal Inputs To(Device device) => Map(tensor => tensor.detach().to(device));

    internal Inputs Map(Func<Tensor, Tensor> change) => new(change(Query), change(Key), change(Value));
}
