using System.CommandLine;
using TorchAttention;
using TorchSharp;
using Translator.Corpus;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The options that set something for the whole process, and the setting of it.</summary>
internal sealed class Session
{
    /// <summary>About as many as one step of training has different products; the next batch has other sizes.</summary>
    private const int CompiledProducts = 32;

    private readonly Option<int?> threads =
        new Option<int?>("--threads") { Description = "Threads to compute with; all cores if not given." }
            .Require(value => value is null or > 0, "must be at least 1");

    private readonly Option<Float32MatmulPrecision> precision = new("--matmul-precision")
    {
        Description = "How exact float32 matrix products must be, in PyTorch's words. Below highest they may be faster, and rounded on CPUs with AMX.",
        DefaultValueFactory = _ => Float32MatmulPrecision.highest,
    };

    /// <summary>Adds the options to a command.</summary>
    internal Session(Command command)
    {
        command.Options.Add(threads);
        command.Options.Add(precision);
    }

    /// <summary>Sets them, before the command computes.</summary>
    internal Computing Start(ParseResult parsed)
    {
        var computing = new Computing(parsed.GetValue(threads) ?? torch.get_num_threads(), parsed.GetValue(precision));
        Start(computing);
        return computing;
    }

    /// <summary>Sets what another session was started with.</summary>
    internal static void Start(Computing computing)
    {
        if (computing.Fault() is { } fault) throw new InputException(fault);
        Runtime.KeepFreedMemory();
        Runtime.SetPrimitiveCacheCapacity(CompiledProducts);
        if (!computing.Apply()) Console.Error.WriteLine("note: this system has no --matmul-precision to set; computing at highest");
    }
}
