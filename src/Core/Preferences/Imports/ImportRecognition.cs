namespace Rlhf.Preferences.Imports;

/// <summary>Tells files of labels from files of prompts by their first values.</summary>
public sealed class ImportRecognition(ImportFormats formats)
{
    /// <summary>Values that are looked at.</summary>
    private const int Looked = 20;

    /// <returns>Null where the file holds no labels that we know.</returns>
    /// <exception cref="RlhfException">The file as a whole is unreadable.</exception>
    internal async Task<ImportFile?> FindAsync(Stream content, ImportOptions options, CancellationToken cancellation)
    {
        if (options.Format is { } named) return new(formats.Get(named), options);
        if (!ItemFile.CanRead(options.Name)) return null;
        await foreach (var item in ItemFile.ReadAsync(content, options.Name, cancellation).Take(Looked).WithCancellation(cancellation))
            if (item.Value is { } value && formats.Recognize(value) is { } format) return new(format, options);
        return null;
    }

    /// <summary>The same, where the file has to be one.</summary>
    /// <exception cref="RlhfException"><c>no-labels</c>.</exception>
    internal async Task<ImportFile> GetAsync(Stream content, ImportOptions options, CancellationToken cancellation) => await FindAsync(content, options, cancellation)
        ?? throw new RlhfException("no-labels", $"'{options.Name}' holds no comparisons that we know.",
            $"Convert it to one of {string.Join(", ", formats.All.Select(f => f.Info.Name))} (docs/formats.md has their fields), or add it as prompts.");
}
