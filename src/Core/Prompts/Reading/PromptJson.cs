using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rlhf.Prompts.Reading;

/// <summary>The accepted shapes of a prompt: <c>"text"</c>, <c>{prompt}</c> (a text or messages), <c>{messages:[{role, content}]}</c> and <c>{text}</c>,
/// each object with optional <c>group</c>, <c>split</c> and <c>metadata</c>.</summary>
public static class PromptJson
{
    public const int MaximumMetadata = 8_000;
    private const string Shapes = "Write a text, or an object with 'prompt', 'messages' or 'text'.";

    public static PromptLine Parse(long line, JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => FromText(line, element.GetString()!, null, null, null),
                JsonValueKind.Object => FromObject(line, element),
                _ => PromptLine.Bad(line, "no-prompt", $"A {element.ValueKind.ToString().ToLowerInvariant()} is no prompt.", Shapes),
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: valid JSON, but no text.
            return PromptLine.Bad(line, "invalid-text", "It holds half of a surrogate pair, which is no character.", "Write the character whole.");
        }
    }

    /// <summary>A prompt of one user message.</summary>
    public static PromptLine FromText(long line, string text, string? group, string? split, JsonObject? metadata) =>
        FromMessages(line, [new(MessageRole.User, text)], group, split, metadata);

    private static PromptLine FromObject(long line, JsonElement element)
    {
        var group = element.TryGetProperty("group", out var g) && g.ValueKind is JsonValueKind.String or JsonValueKind.Number ? g.ToString() : null;
        var split = element.TryGetProperty("split", out var s) && s.ValueKind != JsonValueKind.Null ? s.ToString() : null;
        var metadata = element.TryGetProperty("metadata", out var m) && m.ValueKind == JsonValueKind.Object ? JsonObject.Create(m.Clone()) : null;
        foreach (var name in (string[])["prompt", "messages", "text"])
        {
            if (!element.TryGetProperty(name, out var value)) continue;
            if (value.ValueKind == JsonValueKind.String) return FromText(line, value.GetString()!, group, split, metadata);
            if (value.ValueKind == JsonValueKind.Array) return FromArray(line, name, value, group, split, metadata);
            return PromptLine.Bad(line, "no-prompt", $"'{name}' is a {value.ValueKind.ToString().ToLowerInvariant()}.", Shapes);
        }
        return PromptLine.Bad(line, "no-prompt", $"The object has {Names(element)}, but none of 'prompt', 'messages' and 'text'.", Shapes);
    }

    private static PromptLine FromArray(long line, string name, JsonElement array, string? group, string? split, JsonObject? metadata)
    {
        var messages = new List<Message>();
        foreach (var item in array.EnumerateArray())
        {
            var isMessage = item.ValueKind == JsonValueKind.Object;
            var role = isMessage && item.TryGetProperty("role", out var r) ? r.ToString() : null;
            if (!Enum.TryParse<MessageRole>(role, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed) || char.IsAsciiDigit(role![0]))
                return PromptLine.Bad(line, "invalid-role", $"Message {messages.Count + 1} of '{name}' has the role '{role}'.", "Use system, user or assistant.");
            if (!item.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.String)
                return PromptLine.Bad(line, "no-content", $"Message {messages.Count + 1} of '{name}' has no text in 'content'.", "Give each message its text.");
            messages.Add(new(parsed, content.GetString()!));
        }
        return FromMessages(line, messages, group, split, metadata);
    }

    /// <summary>A prompt of these messages, checked.</summary>
    internal static PromptLine FromMessages(long line, IReadOnlyList<Message> messages, string? group, string? split, JsonObject? metadata)
    {
        if (messages.Count == 0 || messages.Any(m => string.IsNullOrWhiteSpace(m.Content)))
            return PromptLine.Bad(line, "empty-prompt", "The prompt or one of its messages is empty.", "Give each message its text, or leave the line out.");
        if (messages[^1].Role != MessageRole.User)
            return PromptLine.Bad(line, "no-question", $"The prompt ends with the {messages[^1].Role.ToString().ToLowerInvariant()}'s turn.",
                "End it with the user's; the answer is what gets written.");
        Split? parsed = null;
        if (split is not null)
        {
            if (!Enum.TryParse<Split>(split, ignoreCase: true, out var known) || char.IsAsciiDigit(split[0]))
                return PromptLine.Bad(line, "invalid-split", $"The split is '{split}'.", "Use train, validation or test, or leave it out.");
            parsed = known;
        }
        if (metadata?.ToJsonString().Length > MaximumMetadata)
            return PromptLine.Bad(line, "metadata-too-long", $"The metadata has {metadata.ToJsonString().Length} characters.", $"Keep it to {MaximumMetadata}.");
        return PromptLine.Good(line, new(PromptHash.Normalize(messages), group, parsed, metadata));
    }

    private static string Names(JsonElement element)
    {
        var names = element.EnumerateObject().Select(p => $"'{(p.Name.Length > 40 ? p.Name[..40] + "…" : p.Name)}'").Take(8).ToList();
        return names.Count == 0 ? "no members" : string.Join(", ", names);
    }
}
