using System.Collections.Frozen;
using System.Globalization;
using Rlhf.Prompts;

namespace Rlhf.LabelStudio.Results;

/// <summary>What the fields of a task's <c>data</c> are called.</summary>
public static class TaskFields
{
    public const string Prompt = "prompt";
    public const string System = "system";
    public const string Messages = "messages";
    public const string Items = "items";
    public const string Meta = "meta";
    private const string AnswerPrefix = "answer";

    /// <summary>What else a task's data and a JSON_MIN record have.</summary>
    private static readonly FrozenSet<string> Others = FrozenSet.ToFrozenSet(
        [Prompt, System, Messages, Items, Meta, "split", "group", "metadata", "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"], StringComparer.Ordinal);

    /// <summary>Whether a task has something of that name, whatever its template shows.</summary>
    public static bool IsOwn(string name) => Others.Contains(name) || NumberOf(name) > 0;

    /// <param name="number">From 1.</param>
    public static string Answer(int number) => AnswerPrefix + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>From 1; 0 where the name is none of an answer.</summary>
    public static int NumberOf(string name) =>
        name.StartsWith(AnswerPrefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(AnswerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>The conversation as one text: a lone user message as it is, otherwise each turn under its role.</summary>
    public static string PromptText(IReadOnlyList<Message> messages)
    {
        var turns = messages.Where(m => m.Role != MessageRole.System).ToList();
        return turns.Count == 1 ? turns[0].Content : string.Join("\n\n", turns.Select(m => $"{m.Role}: {m.Content}"));
    }
}
