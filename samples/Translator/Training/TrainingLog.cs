using System.Text.Json;
using System.Text.Json.Serialization;
using Translator.Corpus;

namespace Translator.Training;

/// <summary>The log of a training: a <see cref="LogEntry"/> a line, in JSON, now and then and after every epoch.</summary>
/// <remarks>
/// Every line is written at once: a kill breaks off the last one at most, which a reader leaves out. Lines that the disk does not take are
/// written with the next one that it takes, for no training should end for its log.
/// </remarks>
public sealed class TrainingLog
{
    /// <summary>What the file is called in the folder of a training.</summary>
    public const string Name = "log.jsonl";

    /// <summary>What its picture is called there, but for the ending.</summary>
    public const string PictureName = "learning-curve";

    /// <summary>Steps from a line to the next.</summary>
    public const int Interval = 10;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly string path;
    private readonly List<byte> pending = [];
    private long length;

    private TrainingLog(string path, long length)
    {
        (this.path, this.length) = (path, length);
        Write();
    }

    /// <summary>A new log, in the place of one that is there.</summary>
    public static TrainingLog Create(string path) => new(path, 0);

    /// <summary>
    /// Goes on with a log after a step; what it has of later ones, which are to be made again, is cut off. So is what comes after a damaged
    /// line, as a power cut may leave one: no training should end for its log.
    /// </summary>
    public static TrainingLog Continue(string path, long step) => new(path, Kept(path, step));

    /// <summary>The lines of a log; a last one that was broken off is left out.</summary>
    /// <exception cref="InputException">There is no such file, or a line is not of a log.</exception>
    public static IReadOnlyList<LogEntry> Read(string path)
    {
        var entries = new List<LogEntry>();
        var lines = TextLines.Read(path);
        foreach (var (line, number) in lines.Zip(Enumerable.Range(1, lines.Count)))
        {
            try
            {
                entries.Add(JsonSerializer.Deserialize<LogEntry>(line, Json) ?? throw new JsonException("it is null"));
            }
            catch (JsonException) when (number == lines.Count && number > 1)
            {
                break;
            }
            catch (JsonException error)
            {
                throw new InputException($"{path}:{number}: not of the log of a training: {error.Message.ReplaceLineEndings(" ")}", error);
            }
        }
        return entries;
    }

    /// <summary>How many bytes at the beginning of a log are whole lines up to a step.</summary>
    private static int Kept(string path, long step)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var kept = 0;
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', kept)) >= 0; kept = end + 1)
        {
            try
            {
                if (JsonSerializer.Deserialize<LogEntry>(bytes.AsSpan(kept..end), Json) is not { } entry || entry.Step > step) break;
            }
            catch (JsonException)
            {
                break;
            }
        }
        return kept;
    }

    /// <summary>Writes what a trainer tells.</summary>
    public void Listen(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        trainer.BatchTrained += batch =>
        {
            if (batch.Step % Interval == 0) Add(batch);
        };
        trainer.EpochTrained += Add;
    }

    private void Add(BatchTrained batch) => Add(new LogEntry
    {
        Step = batch.Step,
        Epoch = batch.Epoch,
        Loss = batch.Loss,
        LearningRate = batch.LearningRate,
        GradientNorm = batch.GradientNorm,
        TokensPerSecond = Math.Round(batch.TokensPerSecond),
        Seconds = Math.Round(batch.Elapsed.TotalSeconds, 1),
    });

    private void Add(EpochTrained epoch) => Add(new LogEntry
    {
        Step = epoch.Step,
        Epoch = epoch.Epoch,
        Loss = epoch.TrainingLoss,
        ValidationLoss = epoch.ValidationLoss,
        Bleu = epoch.Translations?.Bleu,
        TokensPerSecond = Math.Round(epoch.TokensPerSecond),
        Seconds = Math.Round(epoch.Elapsed.TotalSeconds, 1),
    });

    private void Add(LogEntry entry)
    {
        pending.AddRange(Line(entry));
        try
        {
            Write();
        }
        catch (IOException)
        {
            // It stays pending.
        }
    }

    /// <summary>Writes what is pending behind the last whole line, over what an earlier attempt may have left.</summary>
    private void Write()
    {
        using (var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            file.SetLength(length);
            file.Position = length;
            file.Write([.. pending]);
        }
        length += pending.Count;
        pending.Clear();
    }

    private static byte[] Line(LogEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, Json), (byte)'\n'];
}
