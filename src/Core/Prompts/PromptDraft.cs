using System.Text.Json.Nodes;

namespace Rlhf.Prompts;

/// <summary>A prompt as a file gives it, before the campaign knows whether it has it already.</summary>
/// <param name="Split">Where the file says it; by hash of the group otherwise.</param>
public sealed record PromptDraft(IReadOnlyList<Message> Messages, string? Group = null, Split? Split = null, JsonObject? Metadata = null);

/// <summary>One line or element of a prompt file: a prompt, or why it is none.</summary>
/// <param name="Line">From 1.</param>
public sealed record PromptLine(long Line, PromptDraft? Draft, LineError? Error)
{
    public static PromptLine Good(long line, PromptDraft draft) => new(line, draft, null);

    public static PromptLine Bad(long line, string code, string message, string remedy) => new(line, null, new(line, code, message, remedy));
}
