using System.Text.Json.Serialization;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>One line of a provider's preference file. It has no place for anything else: unknown members are refused there.</summary>
internal sealed record OpenAILine(
    OpenAILine.Question Input,
    [property: JsonPropertyName("preferred_output")] IReadOnlyList<Message> Preferred,
    [property: JsonPropertyName("non_preferred_output")] IReadOnlyList<Message> NonPreferred)
{
    internal sealed record Question(IReadOnlyList<Message> Messages);

    public static OpenAILine Of(PreferencePair pair) => new(new(pair.Messages), [new(MessageRole.Assistant, pair.Chosen)], [new(MessageRole.Assistant, pair.Rejected)]);
}
