using System.Xml;
using System.Xml.Linq;

namespace Rlhf.LabelStudio.Templates;

/// <summary>An element of a template as Label Studio sees it: names of tags and attributes count in any case.</summary>
internal sealed class TemplateTag(XElement element)
{
    public string Kind { get; } = element.Name.LocalName.ToLowerInvariant();

    /// <summary>As it was written.</summary>
    public string Written => element.Name.LocalName;

    public int Line => ((IXmlLineInfo)element).LineNumber;

    public string? Name => this["name"];

    public string? ToName => this["toName"];

    public string? this[string attribute] =>
        element.Attributes().FirstOrDefault(a => a.Name.LocalName.Equals(attribute, StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>What choosing it writes into a result.</summary>
    public string Result => this["alias"] ?? this["value"] ?? "";

    public IEnumerable<TemplateTag> Descendants(string kind) => element.Descendants().Select(e => new TemplateTag(e)).Where(t => t.Kind == kind);

    /// <summary>The variable that the attribute <c>value</c> names; null where it is none alone.</summary>
    public string? Variable =>
        this["value"] is { Length: > 1 } value && value[0] == '$' && value.AsSpan(1).IndexOfAnyExcept(VariableCharacters) < 0 ? value[1..] : null;

    private static readonly System.Buffers.SearchValues<char> VariableCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}
