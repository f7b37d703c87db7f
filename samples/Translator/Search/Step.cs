using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>
/// What a search asks of a model: last words (b) and state in; log-probabilities of the next words (b, words), the attention's
/// weights (b, s) and the new state out. A search knows nothing else, so that it can be tested without a network.
/// </summary>
/// <remarks>The state that goes in is used up: the model disposes it, or returns it changed.</remarks>
public delegate (Tensor LogProbabilities, Tensor Weights, TState State) Step<TState>(Tensor words, TState state)
    where TState : IDisposable;

/// <summary>
/// The state of other rows: row i of the result is row <c>rows[i]</c> (int64) of what goes in, which is used up. Finished sentences leave
/// the batch so, and hypotheses are repeated.
/// </summary>
public delegate TState Select<TState>(TState state, Tensor rows)
    where TState : IDisposable;

/// <summary>All that a search knows of a model.</summary>
/// <param name="Step">One word further.</param>
/// <param name="Select">Which rows go on.</param>
/// <param name="Begin">The number of the begin mark.</param>
/// <param name="End">The number of the end mark.</param>
/// <param name="Device">Where the model is.</param>
public sealed record SearchModel<TState>(Step<TState> Step, Select<TState> Select, long Begin, long End, Device Device)
    where TState : IDisposable;
