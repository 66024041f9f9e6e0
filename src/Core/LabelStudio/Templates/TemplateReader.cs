using System.Xml;
using System.Xml.Linq;

namespace Rlhf.LabelStudio.Templates;

/// <summary>Reads a Label Studio template (https://labelstud.io/tags) and refuses what can't be shown or understood, naming the line and the reason.</summary>
/// <remarks>No document types and no entities of its own are read: a template comes from whoever writes the campaign, and is read on the server.</remarks>
public static class TemplateReader
{
    public const int MaximumLength = 12_000;

    private const string Code = "broken-template";

    /// <exception cref="RlhfException"><c>broken-template</c>, with the line and the reason.</exception>
    public static LabelTemplate Read(string xml)
    {
        if (xml.Length > MaximumLength) throw new RlhfException(Code, $"The label template has {xml.Length} characters.", $"Shorten it to {MaximumLength}.");
        var tags = Parse(xml).DescendantsAndSelf().Select(e => new TemplateTag(e)).ToList();
        TagRules.CheckKinds(tags);
        var template = PairwiseRules.Check(xml, tags);
        TagRules.CheckUses(tags);
        return template;
    }

    internal static RlhfException Refuse(int line, string reason, string remedy) =>
        new(Code, $"The label template is broken in line {line}: {reason}", remedy) { Field = "labelTemplate" };

    private static XElement Parse(string xml)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true };
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), settings);
            return XDocument.Load(reader, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace).Root!;
        }
        catch (XmlException e)
        {
            throw Refuse(Math.Max(1, e.LineNumber), ReasonOf(e), "Correct the XML there; Label Studio's own template editor shows the same place.");
        }
    }

    private static string ReasonOf(XmlException e)
    {
        // The place stands in the message already.
        var end = e.Message.LastIndexOf(" Line ", StringComparison.Ordinal);
        return end > 0 ? e.Message[..end] : e.Message;
    }
}
