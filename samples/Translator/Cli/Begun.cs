namespace Translator.Cli;

/// <summary>Input whose first item is read at once: what cannot be read at all is found before an output takes the place of a file.</summary>
internal static class Begun
{
    /// <summary>The same items.</summary>
    internal static IEnumerable<T> Of<T>(IEnumerable<T> items)
    {
        var each = items.GetEnumerator();
        try
        {
            return Rest(each, each.MoveNext());
        }
        catch
        {
            each.Dispose();
            throw;
        }
    }

    private static IEnumerable<T> Rest<T>(IEnumerator<T> each, bool more)
    {
        using (each)
            for (; more; more = each.MoveNext())
                yield return each.Current;
    }
}
