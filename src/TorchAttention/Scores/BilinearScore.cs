using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The bilinear form: score = qᵀ W k + β, for queries and keys of different sizes.</summary>
/// <remarks>
/// W has shape (query size, key size), drawn uniformly as Glorot and Bengio (2010) do; the optional β is one number, which a
/// softmax does not see. Source: Luong, Pham and Manning (2015), "general".
/// </remarks>
public sealed class BilinearScore : Score
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>Creates the score.</summary>
    /// <param name="queryDim">The size of a query.</param>
    /// <param name="keyDim">The size of a key.</param>
    /// <param name="bias">Whether to learn β.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public BilinearScore(long queryDim, long keyDim, bool bias = false)
        : base(nameof(BilinearScore), queryDim, keyDim)
    {
        weight = new Parameter(nn.init.xavier_uniform_(empty(queryDim, keyDim, device: CPU)));
        this.bias = bias ? new Parameter(zeros(1, device: CPU)) : null;
        // The parameters must outlive a dispose scope that the module is made in.
        weight.DetachFromDisposeScope();
        this.bias?.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected internal override Tensor Prepare(Tensor key) => nn.functional.linear(key, weight); // (…, s, query size)

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey)
    {
        var scores = query.matmul(preparedKey.transpose(-2, -1));
        return bias is null ? scores : Numbers.Sum(scores, bias);
    }

    internal override (Tensor Query, double Scale)? Product(Tensor query) => bias is null ? (query, 1) : null;
}
