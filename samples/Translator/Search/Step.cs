using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>
/// What a search asks of a model: last words (b) and state in; log-probabilities of the next words (b, words), the attention's
/// weights (b, s) and the new state out. A search knows nothing else, so that it can be tested without a network.
/// </summary>
public delegate (Tensor LogProbabilities, Tensor Weights, TState State) Step<TState>(Tensor words, TState state)
    where TState : IDisposable;
