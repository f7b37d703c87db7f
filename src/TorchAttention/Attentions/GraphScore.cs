namespace TorchAttention;

/// <summary>How <see cref="GraphAttention"/> scores an edge.</summary>
public enum GraphScore
{
    /// <summary>
    /// score = LeakyReLU(aᵀ [W h_target ‖ W h_source]): every target ranks its sources alike. Source: Veličković et al. (2018), GAT.
    /// </summary>
    Static,

    /// <summary>
    /// score = aᵀ LeakyReLU(W′ h_target + W h_source): the ranking depends on the target, for as many numbers per edge as a node
    /// has. Source: Brody, Alon and Yahav (2022), GATv2.
    /// </summary>
    Dynamic,
}
