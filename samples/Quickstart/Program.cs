using TorchAttention;
using TorchSharp;
using static TorchSharp.torch;

random.manual_seed(1);

// README: use a module
var (query, key, value) = (randn(2, 5, 64), randn(2, 7, 64), randn(2, 7, 32)); // 2 sentences, 5 queries, 7 keys and values

var attention = new ScaledDotProductAttention(queryDim: 64, keyDim: 64, valueDim: 32);
var context = attention.call(query, key, value);                                // (2, 5, 32)
var (masked, weights) = attention.Attend(query, key, value, AttentionMask.Padding(7, 4)); // weights (2, 5, 7)
var hard = new HardAttention(64, 64, 32).call(query, key, value);               // one key per query
var local = new LocalAttention(64, 64, 32, left: 2, right: 0).call(query, key, value); // a causal window of 3 keys
// README: end

Console.WriteLine($"context {Shape(context)}, masked {Shape(masked)}, hard {Shape(hard)}, local {Shape(local)}");
Console.WriteLine($"weights of the second sentence's first query: {string.Join(' ', weights[1, 0].data<float>().Select(weight => weight.ToString("F2")))}");

var reader = new Reader(words: 100, size: 64);
Console.WriteLine($"a model of one's own: {Shape(reader.call(randint(100, [2, 7])))}, {reader.parameters().Sum(parameter => parameter.numel()):N0} parameters");

// flex-attention: use it
var (q, k, v) = (randn(2, 8, 100, 64), randn(2, 8, 120, 64), randn(2, 8, 120, 64)); // 2 sentences, 8 heads
var strengths = zeros(8).requires_grad_();
var modification = new Both<Nearness, CausalModification>(new Nearness(strengths), new CausalModification());

var near = FlexAttention.Attend(q, k, v, modification); // (2, 8, 100, 64)
near.square().mean().backward(); // strengths.grad (8)

var options = new FlexOptions { WeightRows = [99] };
var (_, lastRow, logSumExp) = FlexAttention.AttendInFull(q, k, v, modification, options); // (2, 8, 1, 120) and (2, 8, 100)
// flex-attention: end

Console.WriteLine($"a modification of one's own: {Shape(near)}, gradient {Shape(strengths.grad!)}, weights of one row {Shape(lastRow)}, log-sum-exp {Shape(logSumExp)}");

static string Shape(Tensor tensor) => $"({string.Join(", ", tensor.shape)})";

// README: compose modules
internal sealed class Reader : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> embedding, output;
    private readonly Attention near, far;

    public Reader(long words, long size)
        : base(nameof(Reader))
    {
        embedding = nn.Embedding(words, size);
        near = new LocalAttention(size, size, size, left: 2, right: 2);
        far = new SoftAttention(new AdditiveScore(size, size, hiddenDim: 32));
        output = nn.Linear(size, words);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var states = embedding.call(tokens);
        states += near.call(states, states, states);
        states += far.call(states, states, states, AttentionMask.Causal);
        return output.call(states).MoveToOuterDisposeScope();
    }
}
// README: end
