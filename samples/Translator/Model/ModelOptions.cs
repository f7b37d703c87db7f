using System.Text.Json.Serialization;
using Translator.Corpus;

namespace Translator.Model;

/// <summary>What decides the shape of a translation model; stored with its weights, under the name of its kind.</summary>
/// <remarks>A preset has no words yet: the vocabularies decide how many there are.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "model")]
[JsonDerivedType(typeof(RecurrentOptions), RecurrentOptions.Name)]
[JsonDerivedType(typeof(TransformerModelOptions), TransformerModelOptions.Name)]
public abstract record ModelOptions
{
    /// <summary>A size larger than this is a slip or a damaged file, not a model.</summary>
    private const long LargestDim = 1 << 14;

    /// <summary>The names of the kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [RecurrentOptions.Name, TransformerModelOptions.Name];

    /// <summary>The name of this kind.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>The size of the source vocabulary.</summary>
    public required long SourceWords { get; init; }

    /// <summary>The size of the target vocabulary.</summary>
    public required long TargetWords { get; init; }

    /// <summary>The size of a word vector.</summary>
    public required long EmbeddingDim { get; init; }

    /// <summary>The probability with which, in training, a number between layers is dropped.</summary>
    public required double Dropout { get; init; }

    /// <summary>The shape in a few words.</summary>
    public abstract string Describe();

    /// <summary>The same shape, but with an attention that a training can guide.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public abstract ModelOptions Guided();

    /// <summary>Why there is no such model, in a line, or null if there is.</summary>
    public virtual string? Fault() =>
        !IsSize(EmbeddingDim) ? $"{EmbeddingDim} is no size of a word vector"
        : Dropout is not (>= 0 and < 1) ? $"dropout {Dropout} is not in [0, 1)"
        : null;

    /// <summary>
    /// A number of weights that no model of this shape is below, and none is many times above: what a file must hold before memory
    /// is taken for it.
    /// </summary>
    public abstract long LeastWeights();

    /// <summary>Whether a number can be a size of a layer.</summary>
    protected static bool IsSize(long size) => size is >= 1 and <= LargestDim;
}
