using System.Text;
using System.Text.RegularExpressions;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>A conversation as one text, as Anthropic's HH data has it: each turn begins with two line breaks and its speaker, "\n\nHuman: …\n\nAssistant: …".</summary>
/// <remarks>A turn that holds such a beginning itself gets a backslash there, one more than it has, which reading takes away: nobody's words become another's turn.</remarks>
internal static partial class Transcript
{
    private const string Opening = "\n\n";
    private const string Ask = "\n\nAssistant:";

    public static string Of(IEnumerable<Message> messages)
    {
        var text = new StringBuilder();
        foreach (var message in messages) text.Append(Opening).Append(NameOf(message.Role)).Append(':').Append(' ').Append(Escape(message.Content));
        return text.ToString();
    }

    /// <summary>The conversation up to where the assistant begins to speak.</summary>
    public static string Question(IEnumerable<Message> messages) => Of(messages) + Ask;

    /// <summary>What comes after a <see cref="Question"/>.</summary>
    public static string Continuation(string answer) => " " + Escape(answer);

    public static bool IsQuestion(string text) => text.EndsWith(Ask, StringComparison.Ordinal) && IsTranscript(text);

    public static bool IsTranscript(string text) => Turn().Match(text) is { Success: true, Index: 0 };

    /// <summary>The turns; null where the text does not begin with one.</summary>
    public static IReadOnlyList<Message>? Parse(string text)
    {
        var turns = Turn().Matches(text);
        if (turns.Count == 0 || turns[0].Index != 0) return null;
        var messages = new List<Message>();
        for (var i = 0; i < turns.Count; i++)
        {
            var start = turns[i].Index + turns[i].Length;
            var end = i + 1 < turns.Count ? turns[i + 1].Index : text.Length;
            messages.Add(new(RoleOf(turns[i].Groups["role"].ValueSpan), ParseContinuation(text[start..end])));
        }
        return messages;
    }

    /// <summary>An answer as it follows its speaker's colon.</summary>
    public static string ParseContinuation(string text) => Escaped().Replace(text.StartsWith(' ') ? text[1..] : text, "$1$2");

    private static string Escape(string text) => Escapable().Replace(text, @"$1\$2");

    private static string NameOf(MessageRole role) => role switch { MessageRole.User => "Human", MessageRole.Assistant => "Assistant", _ => "System" };

    private static MessageRole RoleOf(ReadOnlySpan<char> name) => name switch { "Human" => MessageRole.User, "Assistant" => MessageRole.Assistant, _ => MessageRole.System };

    [GeneratedRegex(@"\n\n(?<role>Human|Assistant|System):")]
    private static partial Regex Turn();

    [GeneratedRegex(@"(\n\n)(\\*(?:Human|Assistant|System):)")]
    private static partial Regex Escapable();

    [GeneratedRegex(@"(\n\n)\\(\\*(?:Human|Assistant|System):)")]
    private static partial Regex Escaped();
}
