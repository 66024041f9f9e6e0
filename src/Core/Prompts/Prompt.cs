using System.Text.Json.Nodes;

namespace Rlhf.Prompts;

public enum MessageRole { System, User, Assistant }

public sealed record Message(MessageRole Role, string Content);

/// <summary>Fixed when the prompt arrives, by a hash of its group; the same in every round, run and export.</summary>
public enum Split { Train, Validation, Test }

/// <summary>What is asked of the model. A bare string is one user message.</summary>
/// <param name="Group">Prompts of one group share a split; the prompt itself where none is given.</param>
public sealed record Prompt(PromptId Id, IReadOnlyList<Message> Messages, Split Split, string? Group = null, JsonObject? Metadata = null);
