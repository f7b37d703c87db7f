using TorchAttention.Tests.Support;
using Xunit;

namespace TorchAttention.Tests.Published;

/// <summary>The cases of the fixtures.</summary>
public class Suites
{
    internal static IEnumerable<TheoryDataRow<string>> Of(string suite, Func<string, bool>? belongs = null) =>
        from name in Fixture.Names(suite)
        where belongs is null || belongs(name)
        select new TheoryDataRow<string>(name);

    /// <summary>Every case of scores.json, normalizers.json, local.json and transformer.json belongs to exactly one theory.</summary>
    [Fact]
    public void NothingIsDropped()
    {
        Assert.Equal(Fixture.Names("scores").Count(), ScoresFixture.AllenNlp.Count() + ScoresFixture.JoeyNmt.Count() + ScoresFixture.OpenNmt.Count());
        Assert.Equal(Fixture.Names("normalizers").Count(), NormalizersFixture.Fixed.Count() + NormalizersFixture.Alphas.Count());
        Assert.Equal(Fixture.Names("local").Count(), LocalFixture.Windows.Count() + LocalFixture.Predictive.Count());
        Assert.Equal(Fixture.Names("transformer").Count(), TransformerFixture.Encoders.Count() + TransformerFixture.Decoders.Count());
    }
}
