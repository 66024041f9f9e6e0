using System.Text.Json;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>Conversations out of JSON: messages, transcripts, and the end of one that is its answer.</summary>
internal static class ImportMessages
{
    /// <param name="name">The member, for the error.</param>
    /// <exception cref="ImportException"><c>invalid-role</c> or <c>no-content</c>.</exception>
    public static IReadOnlyList<Message> Of(JsonElement array, string name)
    {
        var messages = new List<Message>();
        foreach (var item in array.EnumerateArray())
        {
            var role = Member(item, "role") ?? Member(item, "from");
            if (RoleOf(role) is not { } known)
                throw new ImportException("invalid-role", $"Message {messages.Count + 1} of '{name}' has the role '{(role is { Length: > 40 } ? role[..40] + "…" : role)}'.", "Use system, user or assistant.");
            messages.Add(new(known, Member(item, "content") ?? Member(item, "value")
                ?? throw new ImportException("no-content", $"Message {messages.Count + 1} of '{name}' has no text in 'content'.", "Give each message its text.")));
        }
        return messages;
    }

    /// <summary>What one answer is, where it comes as one message.</summary>
    /// <exception cref="ImportException"><c>several-messages</c>.</exception>
    public static string AnswerOf(IReadOnlyList<Message> messages, string name) => messages is [{ Role: MessageRole.Assistant } only] ? only.Content
        : throw new ImportException("several-messages", $"'{name}' is {messages.Count} messages, not one of the assistant's.", "A comparison has one answer a side: move the turns before it into the prompt, or leave the line out.");

    /// <summary>Two conversations that are the same but for their last message.</summary>
    /// <exception cref="ImportException"><c>different-prompts</c>, <c>several-messages</c>.</exception>
    public static (IReadOnlyList<Message> Prompt, string First, string Second) Part(IReadOnlyList<Message> first, IReadOnlyList<Message> second, string firstName, string secondName)
    {
        if (first.Count == 0 || second.Count == 0 || !first.SkipLast(1).SequenceEqual(second.SkipLast(1)))
            throw new ImportException("different-prompts", $"'{firstName}' and '{secondName}' differ before their last message, so they don't answer one prompt.", "Compare answers to the same conversation, or leave the line out.");
        return ([.. first.SkipLast(1)], AnswerOf([first[^1]], firstName), AnswerOf([second[^1]], secondName));
    }

    /// <summary>By the names that data sets use.</summary>
    private static MessageRole? RoleOf(string? name) => name?.ToLowerInvariant() switch
    {
        "system" or "developer" => MessageRole.System,
        "user" or "human" or "prompter" => MessageRole.User,
        "assistant" or "gpt" or "bot" => MessageRole.Assistant,
        _ => null,
    };

    private static string? Member(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
