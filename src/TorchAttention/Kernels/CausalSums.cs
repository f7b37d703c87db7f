using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Causal sums in linear time: sum_i = queryᵢ · (state + Σ_{j ≤ i} keyⱼ valueⱼᵀ).</summary>
/// <remarks>
/// Within a block of positions the products of all pairs are formed, what came before a block is a single (d, e) matrix. So time
/// and memory grow with n · (block + d · e / block) instead of n².
/// </remarks>
internal static class CausalSums
{
    /// <summary>The fastest of 32 … 256 on CPU where d and e are 64 or 128; where they are 16, half of it is a quarter faster.</summary>
    internal const long Block = 64;

    /// <param name="query">(…, n, d).</param>
    /// <param name="key">(…, n, d).</param>
    /// <param name="value">(…, n, e).</param>
    /// <param name="state">Σ key valueᵀ of everything before, (…, d, e).</param>
    /// <returns>The sums (…, n, e), and the state after the last position.</returns>
    internal static (Tensor Sums, Tensor State) Of(Tensor query, Tensor key, Tensor value, Tensor state)
    {
        var n = query.size(-2);
        var block = Math.Clamp(n, 1, Block);
        query = Blocks(query, block); // (…, n / block, block, d)
        key = Blocks(key, block);
        value = Blocks(value, block);

        var within = query.matmul(key.transpose(-2, -1)).tril().matmul(value);
        var each = key.transpose(-2, -1).matmul(value); // (…, n / block, d, e)
        // Summed from the left, not taken off a total: a state may be smaller than the rounding of a later one.
        var first = state.unsqueeze(-3).expand([.. each.shape[..^3], 1, .. each.shape[^2..]]);
        var states = cat([first, each], -3).cumsum(-3);
        var before = query.matmul(states.narrow(-3, 0, each.size(-3)));

        var sums = Numbers.Sum(within, before); // (…, n / block, block, e)
        var rows = sums.reshape([.. sums.shape[..^3], sums.size(-3) * block, sums.size(-1)]);
        return (rows.narrow(-2, 0, n), states.select(-3, each.size(-3)));
    }

    /// <summary>(…, n, d) → (…, n / block, block, d), the last block filled with zeros.</summary>
    private static Tensor Blocks(Tensor rows, long block)
    {
        var missing = (block - rows.size(-2) % block) % block;
        if (missing > 0) rows = nn.functional.pad(rows, [0, 0, 0, missing]);
        return rows.reshape([.. rows.shape[..^2], rows.size(-2) / block, block, rows.size(-1)]);
    }
}
