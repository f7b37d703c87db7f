namespace Translator.Cli;

/// <summary>Ctrl+C asks the work to stop; a second one ends the process at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource source = new();

    internal Interrupt() => Console.CancelKeyPress += OnCancel;

    internal CancellationToken Token => source.Token;

    internal bool Asked => source.IsCancellationRequested;

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        source.Dispose();
    }

    private void OnCancel(object? sender, ConsoleCancelEventArgs arguments)
    {
        arguments.Cancel = !source.IsCancellationRequested;
        source.Cancel();
    }
}
