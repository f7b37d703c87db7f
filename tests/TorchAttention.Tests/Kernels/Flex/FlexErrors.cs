using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>Bad input is an ArgumentException that names the parameter, before memory is touched.</summary>
public class FlexErrors
{
    private static readonly FlexSizes Sizes = new(2, 2, 2, 5, 7, 11, 13);

    [Fact]
    public void InputsAreNamed()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(70));
        Named("key", () => Attend(query, key[.., .., .., 1..], value));
        Named("key", () => Attend(query, key[0], value));
        Named("key", () => Attend(query, key.to(ScalarType.BFloat16), value));
        Named("key", () => Attend(query[.., ..3], key, value));
        Named("key", () => Attend(cat([query, query[..1]], 0), key, value));
        Named("value", () => Attend(query, key, value[.., .., 1..]));
        Named("value", () => Attend(query, key, value[.., ..0]));
        Named("query", () => Attend(query.to(ScalarType.Float64), key.to(ScalarType.Float64), value.to(ScalarType.Float64)));
        Named("query", () => Attend(query[.., .., .., ..0], key[.., .., .., ..0], value));
        Named("query", () => Attend(query.to(META), key.to(META), value.to(META)));
        Named("query", () => Attend(null!, key, value));
        var disposed = query.clone();
        disposed.Dispose();
        Named("query", () => Attend(disposed, key, value));
    }

    [Fact]
    public void OptionsAreNamed()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(71));
        Named("Dropout", () => Attend(query, key, value, new FlexOptions { Dropout = 1 }));
        Named("Scale", () => Attend(query, key, value, new FlexOptions { Scale = double.NaN }));
        Named("Sink", () => Attend(query, key, value, new FlexOptions { Sink = zeros(3, dtype: ScalarType.Float32, device: CPU) }));
        Named("Sink", () => Attend(query, key, value, new FlexOptions { Sink = zeros(4, dtype: ScalarType.Float64, device: CPU) }));
    }

    [Fact]
    public void ModificationsThatDoNotFitAreNamed()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(72));
        Fits(new AlibiModification(1, 2, 3));
        Fits(default(AlibiModification));
        Fits(new RelativeModification(zeros(3, 5, dtype: ScalarType.Float32, device: CPU)));
        Fits(new PaddingModification(1));
        Fits(new PaddingModification(1, 8));
        Fits(default(PaddingModification));
        Fits(new DocumentsModification(zeros(8, dtype: ScalarType.Int64, device: CPU)));
        Fits(default(DocumentsModification));
        Fits(new AllowModification(ones(5, 8, dtype: ScalarType.Bool, device: CPU)));
        Fits(new Both<NoModification, PaddingModification>(default, new PaddingModification(1)));
        Named("Parameters", () => FlexAttention.Attend(query, key, value, new RelativeModification(zeros(5, dtype: ScalarType.Float64, device: CPU))));
        Named("Parameters", () => FlexAttention.Attend(query, key, value, default(RelativeModification)));

        void Fits<T>(T modification)
            where T : struct, IScoreModification
        {
            Named("modification", () => FlexAttention.Attend(query, key, value, modification));
            Named("modification", () => FlexAttention.Choose(query, key, value, modification));
        }
    }

    [Fact]
    public void ModificationsCheckTheirArguments()
    {
        using var scope = NewDisposeScope();
        Named("left", () => new WindowModification(-1, 0));
        Named("right", () => new WindowModification(0, -1));
        Named("slopes", () => new AlibiModification([]));
        Named("slopes", () => new AlibiModification(double.NaN));
        Named("cap", () => new SoftcapModification(0));
        Named("table", () => new RelativeModification(zeros(4, dtype: ScalarType.Float32, device: CPU)));
        Named("lengths", () => new PaddingModification(-1));
        Named("segments", () => new DocumentsModification(zeros(4, dtype: ScalarType.Int32, device: CPU)));
        Named("segments", () => new DocumentsModification(full([4], 1L << 24, dtype: ScalarType.Int64, device: CPU)));
        Named("allowed", () => new AllowModification(zeros(4, 4, dtype: ScalarType.Float32, device: CPU)));
        Named("allowed", () => new AllowModification(zeros(4, dtype: ScalarType.Bool, device: CPU)));
    }

    private static Tensor Attend(Tensor query, Tensor key, Tensor value, FlexOptions? options = null) =>
        FlexAttention.Attend(query, key, value, new NoModification(), options);

    private static void Named(string name, Func<object?> call) =>
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(call).ParamName);
}
