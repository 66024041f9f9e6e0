namespace Rlhf.Preferences.Formats;

/// <summary>The formats there are, in the order they are listed.</summary>
public sealed class ExportFormats(IEnumerable<IExportFormat> formats)
{
    public const string Default = "trl";

    public IReadOnlyList<IExportFormat> All { get; } = [.. formats];

    /// <exception cref="RlhfException"><c>unknown-format</c>, with the names there are.</exception>
    public IExportFormat Get(string name) => All.FirstOrDefault(f => f.Info.Name == name)
        ?? throw new RlhfException("unknown-format", $"There is no export format '{(name.Length > 40 ? name[..40] + "…" : name)}'.", $"Ask for one of {string.Join(", ", All.Select(f => f.Info.Name))}.");
}
