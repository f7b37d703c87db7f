namespace Translator.Corpus;

/// <summary>What a user gave cannot be used; the message is one line, made to be printed as it is.</summary>
/// <remarks>Where a file and a line are known the message reads <c>path:line: what</c>, as compilers write it.</remarks>
public sealed class InputException : Exception
{
    /// <summary>An error with no place.</summary>
    /// <param name="message">One line.</param>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>An error that another exception caused.</summary>
    /// <param name="message">One line.</param>
    /// <param name="inner">The cause.</param>
    public InputException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>An error about a whole file: <c>path: what</c>.</summary>
    public static InputException In(string path, string what) => new($"{path}: {what}");

    /// <summary>An error at a line, counted from 1: <c>path:line: what</c>.</summary>
    public static InputException At(string path, int line, string what) => new($"{path}:{line}: {what}");
}
