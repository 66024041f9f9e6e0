using System.Text.Json;

namespace Rlhf.Preferences.Imports;

/// <summary>The formats that come in, the more particular first: a file is the first one's that knows its values.</summary>
public sealed class ImportFormats(IEnumerable<IImportFormat> formats)
{
    public IReadOnlyList<IImportFormat> All { get; } = [.. formats];

    public IImportFormat? Recognize(JsonElement value) => All.FirstOrDefault(f => f.Recognizes(value));

    /// <exception cref="RlhfException"><c>unknown-format</c>, with the names there are.</exception>
    public IImportFormat Get(string name) => All.FirstOrDefault(f => f.Info.Name == name || f.Info.Aliases.Contains(name))
        ?? throw new RlhfException("unknown-format", $"There is no import format '{(name.Length > 40 ? name[..40] + "…" : name)}'.",
            $"Name one of {string.Join(", ", All.Select(f => f.Info.Name))}, or leave it out: files are recognised by what is in them.");
}
