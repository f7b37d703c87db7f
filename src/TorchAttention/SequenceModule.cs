using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The base of modules from a sequence of vectors to another, whose <c>call</c> takes more than the sequence.</summary>
public abstract class SequenceModule : nn.Module<Tensor, Tensor>
{
    private protected SequenceModule(string name)
        : base(name)
    {
    }

    /// <summary>Runs the hooks around a computation that the inherited call could not carry.</summary>
    private protected Tensor Hooked(Tensor input, Func<Tensor, Tensor> compute)
    {
        foreach (var hook in module_pre_hooks.Values) hook(this);
        foreach (var hook in pre_hooks.Values) input = hook(this, input) ?? input;

        var output = compute(input);

        foreach (var hook in post_hooks.Values) output = hook(this, input, output) ?? output;
        foreach (var hook in module_post_hooks.Values) hook(this);
        return output;
    }
}
