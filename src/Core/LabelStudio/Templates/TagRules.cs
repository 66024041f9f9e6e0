using System.Collections.Frozen;
using Rlhf.LabelStudio.Results;

namespace Rlhf.LabelStudio.Templates;

/// <summary>Which tags a template may have, and what holds for each of them.</summary>
internal static class TagRules
{
    /// <summary>What an annotator of texts can be shown.</summary>
    private static readonly FrozenSet<string> Visual = FrozenSet.ToFrozenSet(["view", "style", "header", "collapse", "panel", "filter", "shortcut", "choice"]);

    public static readonly FrozenSet<string> Objects = FrozenSet.ToFrozenSet(["text", "paragraphs"]);

    /// <summary>What asks for something beside the choice.</summary>
    public static readonly FrozenSet<string> Fields = FrozenSet.ToFrozenSet(["choices", "rating", "textarea", "number", "taxonomy"]);

    /// <summary>What a task holds, beside the two variables of the Pairwise tag's objects.</summary>
    private static readonly FrozenSet<string> Variables = FrozenSet.ToFrozenSet(["prompt", "system", "messages"]);

    private static readonly FrozenSet<string> Media = FrozenSet.ToFrozenSet(["image", "audio", "audioplus", "video", "timeseries", "pdf", "list", "table"]);

    /// <summary>Each tag is one that can be shown here, and each name stands once.</summary>
    public static void CheckKinds(IReadOnlyList<TemplateTag> tags)
    {
        var names = new Dictionary<string, TemplateTag>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            CheckKind(tag);
            if (tag.Name is { } name && !names.TryAdd(name, tag))
                throw TemplateReader.Refuse(tag.Line, $"the name '{name}' stands in line {names[name].Line} already.", "Give each tag its own name.");
        }
    }

    /// <summary>What is shown is in a task, and what is asked is about something that is shown.</summary>
    public static void CheckUses(IReadOnlyList<TemplateTag> tags)
    {
        var names = tags.Where(t => t.Name is not null).ToDictionary(t => t.Name!, StringComparer.Ordinal);
        var compared = tags.Where(t => t.Kind == "pairwise").SelectMany(t => (t.ToName ?? "").Split(',')).ToHashSet(StringComparer.Ordinal);
        foreach (var tag in tags.Where(t => Objects.Contains(t.Kind))) CheckObject(tag, isCompared: tag.Name is { } name && compared.Contains(name));
        foreach (var tag in tags.Where(t => Fields.Contains(t.Kind))) CheckField(tag, names);
        var shown = tags.Where(t => Objects.Contains(t.Kind)).Select(t => t.Variable).ToHashSet();
        foreach (var tag in tags.Where(t => t.Kind == "pairwise" || Fields.Contains(t.Kind))) CheckAnswered(tag, shown);
    }

    private static void CheckKind(TemplateTag tag)
    {
        if (tag.Kind == "pairwise" || Visual.Contains(tag.Kind) || Objects.Contains(tag.Kind) || Fields.Contains(tag.Kind)) return;
        if (tag.Kind is "hypertext" or "hypertextlabels" or "html")
            throw TemplateReader.Refuse(tag.Line, $"<{tag.Written}> shows HTML, and what a model writes is never shown as HTML.", "Use <Text>, which shows it as it is.");
        if (Media.Contains(tag.Kind))
            throw TemplateReader.Refuse(tag.Line, $"<{tag.Written}> shows something that a task here does not have.", "Tasks are texts: use <Text>, or <Paragraphs> for $messages.");
        throw TemplateReader.Refuse(tag.Line, $"there is no tag <{tag.Written}> here.",
            "Use View, Style, Header, Text, Paragraphs, Pairwise, Choices with Choice, Rating, TextArea, Number, Taxonomy, Collapse, Panel, Filter or Shortcut.");
    }

    private static void CheckObject(TemplateTag tag, bool isCompared)
    {
        if (string.IsNullOrEmpty(tag.Name)) throw TemplateReader.Refuse(tag.Line, $"<{tag.Written}> has no name.", "Give it one, e.g. name=\"prompt\".");
        if (string.Equals(tag["valueType"], "url", StringComparison.OrdinalIgnoreCase))
            throw TemplateReader.Refuse(tag.Line, $"<{tag.Written}> is to fetch its text from elsewhere, and the editor's frame reaches nothing.", "Leave valueType out; the text stands in the task.");
        // Without a dollar sign it is a fixed text.
        if (isCompared || tag["value"]?.StartsWith('$') != true || (tag.Variable is { } variable && Variables.Contains(variable))) return;
        throw TemplateReader.Refuse(tag.Line, $"a task has nothing called '{tag["value"]}'.",
            "Show $prompt, $system or $messages; the two answers are the variables of the two objects that Pairwise names.");
    }

    private static void CheckField(TemplateTag tag, Dictionary<string, TemplateTag> names)
    {
        if (string.IsNullOrEmpty(tag.Name)) throw TemplateReader.Refuse(tag.Line, $"<{tag.Written}> has no name, so its answers could not be kept.", "Give it one, e.g. name=\"reason\".");
        if (tag.ToName is not { } to || !names.TryGetValue(to, out var target) || !Objects.Contains(target.Kind))
            throw TemplateReader.Refuse(tag.Line, $"<{tag.Written}>'s toName is '{tag.ToName}', and no <Text> is called that.", "Name one, e.g. the prompt's.");
        if (tag.Name == VerdictWords.FieldName) CheckVerdict(tag);
    }

    /// <summary>JSON_MIN has answers of tags beside the task's data: one of the same name would take its place there.</summary>
    private static void CheckAnswered(TemplateTag tag, HashSet<string?> shown)
    {
        if (tag.Name is { } name && (TaskFields.IsOwn(name) || shown.Contains(name)))
            throw TemplateReader.Refuse(tag.Line, $"<{tag.Written}> is called '{name}', as a part of each task is, which its answer would replace in JSON_MIN.", $"Give it another name, e.g. name=\"my-{name}\".");
    }

    private static void CheckVerdict(TemplateTag tag)
    {
        if (tag.Kind != "choices") throw TemplateReader.Refuse(tag.Line, $"'{VerdictWords.FieldName}' is <{tag.Written}>.", "It has to be <Choices>, or has to have another name.");
        var unknown = tag.Descendants("choice").FirstOrDefault(c => !VerdictWords.IsKnown(c.Result));
        if (unknown is not null)
            throw TemplateReader.Refuse(unknown.Line, $"'{VerdictWords.FieldName}' has the choice '{unknown.Result}'.", $"It takes {VerdictWords.List} and nothing else; ask the rest in another <Choices>.");
    }
}
