using System.Xml;
using System.Xml.Linq;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;

namespace Rlhf.LabelStudio.Server;

/// <summary>What has to be known of a project's own template, which may hold tags that our editor does not show.</summary>
internal static class ProjectTemplate
{
    /// <summary>Number of the answer that Pairwise has left: 1 unless the template turns them round.</summary>
    /// <exception cref="RlhfException"><c>label-studio-template</c>: nothing in it chooses between answers.</exception>
    public static int LeftOf(string xml, LabelTemplate? own, int answers)
    {
        var tags = Read(xml);
        if (answers > 2)
            return tags.Any(t => t.Kind == "ranker") ? 1 : throw Refuse($"has no <Ranker>, and a task has {answers} answers", DefaultTemplates.Tiers(answers));
        var pairwise = tags.FirstOrDefault(t => t.Kind == "pairwise") ?? throw Refuse("has no <Pairwise>", DefaultTemplates.Pair);
        var left = (pairwise.ToName ?? "").Split(',')[0].Trim();
        var variable = tags.FirstOrDefault(t => t != pairwise && t.Name == left)?.Variable ?? "";
        if (own is not null && variable == own.Left) return own.LeftNumber;
        return own is not null && variable == own.Right ? 3 - own.LeftNumber : Math.Clamp(TaskFields.NumberOf(variable), 1, 2);
    }

    private static List<TemplateTag> Read(string xml)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return [.. XDocument.Load(reader, LoadOptions.SetLineInfo).Root!.DescendantsAndSelf().Select(e => new TemplateTag(e))];
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static RlhfException Refuse(string what, string good) => new("label-studio-template",
        $"The template of the project on the Label Studio server {what}, so nobody can choose an answer there.", $"Give the project a template such as: {good.ReplaceLineEndings(" ")}", 502);
}
