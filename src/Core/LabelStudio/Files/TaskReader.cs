using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rlhf.Generation;
using Rlhf.LabelStudio.Results;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;

namespace Rlhf.LabelStudio.Files;

/// <summary>A task's data to a prompt with its answers. Answers are numbered members (<c>answer1</c>, <c>answer2</c>…, <c>text1</c>…, <c>response_1</c>…) or <c>left</c> and <c>right</c>, in that order.</summary>
internal static partial class TaskReader
{
    private static readonly string[] Sides = ["left", "right"];

    /// <summary>What answers are called. Where annotations say that something was compared, any numbered members are.</summary>
    private static readonly FrozenSet<string> Stems = FrozenSet.ToFrozenSet(["answer", "response", "text", "output", "completion", "candidate", "reply", "summary", "option"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] PromptNames = [TaskFields.Prompt, "question", "instruction", "text", "input"];

    /// <summary>Whether a task's data has answers to be compared.</summary>
    /// <param name="isAnnotated">Somebody compared something in it.</param>
    public static bool HasAnswers(JsonElement data, bool isAnnotated) => data.ValueKind == JsonValueKind.Object && AnswerNames(data, isAnnotated).Count >= 2;

    /// <exception cref="ImportException">Its answers or its prompt are not to be found.</exception>
    public static (IReadOnlyList<Message> Messages, IReadOnlyList<ImportedAnswer> Answers) Read(ImportFields fields, JsonElement data, bool isAnnotated)
    {
        var names = AnswerNames(data, isAnnotated);
        if (names.Count is < 2 or > 9)
            throw new ImportException("no-answers", $"The task's data has {(names.Count == 0 ? "no answers" : $"{names.Count} answers")}.", "Call them answer1, answer2, up to answer9.");
        var meta = fields.Take(TaskFields.Meta);
        var (generators, finishes) = (Texts(meta, "generators", names.Count), Texts(meta, "finishReasons", names.Count));
        var answers = names.Select((name, i) => new ImportedAnswer(
            fields.Text(name) ?? throw new ImportException("no-answers", $"'{name}' is empty.", "Give each answer its text, or leave the task out."),
            generators?[i], Enum.TryParse<FinishReason>(finishes?[i], ignoreCase: true, out var finish) ? finish : FinishReason.Stop)).ToList();
        fields.Take(TaskFields.Items);
        return (ReadMessages(fields), answers);
    }

    /// <summary>The list's ids in the answers' order, for Ranker; null where the task has no list.</summary>
    public static IReadOnlyList<string>? ListIds(JsonElement data) =>
        data.TryGetProperty(TaskFields.Items, out var items) && items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray().Select(i => i.ValueKind == JsonValueKind.Object && i.TryGetProperty("id", out var id) ? id.ToString() : "")] : null;

    private static IReadOnlyList<Message> ReadMessages(ImportFields fields)
    {
        var system = fields.Text(TaskFields.System);
        var conversation = fields.Take(TaskFields.Messages) is { ValueKind: JsonValueKind.Array } array ? ImportMessages.Of(array, TaskFields.Messages) : null;
        // The same in one text, beside the conversation.
        var prompt = PromptNames.Select(fields.Text).FirstOrDefault(text => text is not null);
        if (conversation is { Count: > 0 }) return ImportReading.Question(conversation);
        if (prompt is null) throw new ImportException("no-prompt", "The task's data has no prompt.", $"Call it {TaskFields.Prompt}, or give a conversation as {TaskFields.Messages}.");
        return ImportReading.Question([.. system is null ? [] : (Message[])[new(MessageRole.System, system)], new(MessageRole.User, prompt)]);
    }

    /// <summary>Of several numbered families the one that is called answer, or else the first.</summary>
    private static List<string> AnswerNames(JsonElement data, bool isAnnotated)
    {
        var families = data.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).Select(p => Numbered().Match(p.Name)).Where(m => m.Success)
            .Where(m => isAnnotated || Stems.Contains(m.Groups["stem"].Value.TrimEnd('_', '-'))).GroupBy(m => m.Groups["stem"].Value).OrderByDescending(g => g.Key == "answer");
        foreach (var family in families)
        {
            var byNumber = family.ToDictionary(m => int.Parse(m.Groups["number"].Value, CultureInfo.InvariantCulture), m => m.Value);
            var names = Enumerable.Range(1, byNumber.Count).TakeWhile(byNumber.ContainsKey).Select(n => byNumber[n]).ToList();
            if (names.Count >= 2) return names;
        }
        return Sides.All(side => data.TryGetProperty(side, out var value) && value.ValueKind == JsonValueKind.String) ? [.. Sides] : [];
    }

    private static List<string>? Texts(JsonElement? meta, string name, int count) =>
        meta is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == count
            ? [.. list.EnumerateArray().Select(t => t.ToString())] : null;

    [GeneratedRegex(@"^(?<stem>[A-Za-z]+[_-]?)(?<number>[1-9])$")]
    private static partial Regex Numbered();
}
