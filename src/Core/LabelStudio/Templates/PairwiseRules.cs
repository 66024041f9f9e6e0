using Rlhf.LabelStudio.Results;

namespace Rlhf.LabelStudio.Templates;

/// <summary>What the one Pairwise tag must be, and what it says about the sides.</summary>
internal static class PairwiseRules
{
    private const string Example = "Write e.g. <Pairwise name=\"comparison\" toName=\"answer1,answer2\"/> with <Text name=\"answer1\" value=\"$answer1\"/> and <Text name=\"answer2\" value=\"$answer2\"/>.";

    public static LabelTemplate Check(string xml, IReadOnlyList<TemplateTag> tags)
    {
        var pairwise = OnlyPairwise(tags);
        var (left, right) = Sides(pairwise, tags);
        var fields = tags.Where(t => TagRules.Fields.Contains(t.Kind)).Select(t => new TemplateField(t.Name!, t.Kind, t.ToName!));
        IReadOnlyList<string> words = [.. tags.Where(t => t.Name == VerdictWords.FieldName).SelectMany(t => t.Descendants("choice")).Select(c => c.Result)];
        return new(xml, pairwise.Name!, left, right, [.. fields]) { Words = words, Strongest = words.Max(VerdictWords.StrengthOf) };
    }

    private static TemplateTag OnlyPairwise(IReadOnlyList<TemplateTag> tags)
    {
        var all = tags.Where(t => t.Kind == "pairwise").ToList();
        if (all.Count == 0) throw TemplateReader.Refuse(tags[0].Line, $"<{tags[0].Written}> holds no <Pairwise>, so no answer could be chosen.", Example);
        if (all.Count > 1) throw TemplateReader.Refuse(all[1].Line, $"there is a <Pairwise> in line {all[0].Line} already.", "Keep one: a task is one choice between two answers.");
        if (string.IsNullOrEmpty(all[0].Name)) throw TemplateReader.Refuse(all[0].Line, "<Pairwise> has no name.", Example);
        return all[0];
    }

    private static (string Left, string Right) Sides(TemplateTag pairwise, IReadOnlyList<TemplateTag> tags)
    {
        var names = (pairwise.ToName ?? "").Split(',');
        if (names.Length != 2 || names.Any(string.IsNullOrWhiteSpace) || names[0] == names[1])
            throw TemplateReader.Refuse(pairwise.Line, $"<Pairwise>'s toName is '{pairwise.ToName}', which is not two names.", Example);
        if (Array.Find(names, n => n.Trim() != n) is { } spaced)
            throw TemplateReader.Refuse(pairwise.Line, $"<Pairwise>'s toName has a space at '{spaced}', which Label Studio takes as part of the name.", "Leave the space out.");
        var (left, right) = (VariableOf(names[0]), VariableOf(names[1]));
        return left != right ? (left, right) : throw TemplateReader.Refuse(pairwise.Line, $"both sides of <Pairwise> show ${left}.", "Give each side its own answer.");

        string VariableOf(string name)
        {
            var shown = tags.FirstOrDefault(t => TagRules.Objects.Contains(t.Kind) && t.Name == name)
                ?? throw TemplateReader.Refuse(pairwise.Line, $"<Pairwise> compares '{name}', and no <Text> is called that.", Example);
            return shown.Variable is { } variable && variable is not ("prompt" or "system" or "messages") ? variable
                : throw TemplateReader.Refuse(shown.Line, $"<{shown.Written} name=\"{name}\"> is one side of <Pairwise> and shows '{shown["value"]}' instead of an answer.", "Let it show an answer's variable, e.g. value=\"$answer1\".");
        }
    }
}
