using System.Text.Json;
using Rlhf.Prompts;
using Rlhf.Prompts.Reading;

namespace Rlhf.Preferences.Imports;

/// <summary>What the reading of every value has in common.</summary>
internal static class ImportReading
{
    /// <summary>Reads a value; what is wrong with it becomes its line's error.</summary>
    public static ImportLine Guard(long line, JsonElement value, Func<ImportFields, ImportedComparison> read)
    {
        try
        {
            var fields = new ImportFields(value);
            var comparison = read(fields) with { Group = fields.Group, Split = fields.Split, Metadata = fields.Metadata };
            if (comparison.Answers.DistinctBy(a => (a.Text, a.Generator)).Count() < comparison.Answers.Count)
                return ImportLine.Bad(line, "identical-answers", "Two of its answers are the same.", "Leave the line out: there is nothing to prefer.");
            return ImportLine.Good(line, comparison, fields.Notes());
        }
        catch (ImportException e)
        {
            return ImportLine.Bad(line, e.Code, e.Message, e.Remedy);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: valid JSON, but no text.
            return ImportLine.Bad(line, "invalid-text", "It holds half of a surrogate pair, which is no character.", "Write the character whole.");
        }
    }

    /// <summary>The prompt as a campaign can ask it: not empty, and the user's turn last.</summary>
    /// <exception cref="ImportException"><c>empty-prompt</c> or <c>no-question</c>.</exception>
    public static IReadOnlyList<Message> Question(IReadOnlyList<Message> prompt)
    {
        var checkedLine = PromptJson.FromMessages(0, prompt, null, null, null);
        return checkedLine.Draft?.Messages ?? throw new ImportException(checkedLine.Error!.Code, checkedLine.Error.Message, checkedLine.Error.Remedy);
    }
}
