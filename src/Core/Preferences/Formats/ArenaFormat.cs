using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Votes as Chatbot Arena publishes them, one JSON line a vote: two models' conversations, who won, who judged (a pseudonym). The left one is a.</summary>
/// <remarks>Format: https://huggingface.co/datasets/lmsys/chatbot_arena_conversations. Split and kind of annotator are ours.</remarks>
public sealed class ArenaFormat : IExportFormat
{
    public FormatInfo Info { get; } = new("arena", "Chatbot Arena votes, ties and 'both bad' with them", "application/jsonl", ".jsonl",
    [
        "A ranking of more than two answers comes as a vote on each two of them.",
        "No strength, comment, own answer, skipped comparisons, and whether an answer was cut off.",
        "Read back in, a generator's name is what tells two answers of one text apart.",
    ])
    { HoldsRankings = true };

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        var lines = new JsonLineWriter(output);
        await foreach (var ranked in source.RankedAsync(cancellation))
            foreach (var vote in VotesOf(source.Campaign, ranked)) await lines.WriteAsync(vote, cancellation);
        await lines.FlushAsync(cancellation);
    }

    public IEnumerable<ExportRow> RowsOf(Campaign campaign, RankedComparison ranked) => VotesOf(campaign, ranked).Select(v => new ExportRow(v.Split, [v.AnnotatorKind], [v.ModelA, v.ModelB]));

    /// <summary>Votes on the same two answers follow each other, so that they are read back as one comparison's.</summary>
    private static IEnumerable<ArenaVote> VotesOf(Campaign campaign, RankedComparison ranked) =>
        ranked.Rankings.SelectMany(r => VotesOf(ranked.Comparison, r, campaign.Settings.Form.ManyAnswers)).GroupBy(v => v.Answers, v => v.Vote).SelectMany(votes => votes);

    private static IEnumerable<((string, string) Answers, ArenaVote Vote)> VotesOf(Comparison comparison, Ranking ranking, ManyAnswersMode mode)
    {
        var shown = comparison.Answers.OrderBy(a => ranking.ShownOrder.ToList().IndexOf(a.Id)).ToList();
        for (var left = 0; left < shown.Count; left++)
            for (var right = left + 1; right < shown.Count; right++)
                if (WinnerOf(ranking, shown[left].Id, shown[right].Id, mode) is { } winner)
                    yield return (Pair(shown[left].Id, shown[right].Id), ArenaVote.Of(comparison, ranking, shown[left], shown[right], winner));
    }

    private static (string, string) Pair(string left, string right) => string.CompareOrdinal(left, right) < 0 ? (left, right) : (right, left);

    private static string? WinnerOf(Ranking ranking, string left, string right, ManyAnswersMode mode) => ranking.Outcome == RankingOutcome.BothBad ? ArenaVote.BothBad
        : Vote.Of(ranking, left, right, mode)?.ForFirst switch { null => null, 0.5 => ArenaVote.Tie, 1 => ArenaVote.First, _ => ArenaVote.Second };
}

internal sealed record ArenaVote(
    [property: JsonPropertyName("question_id")] string QuestionId,
    [property: JsonPropertyName("model_a")] string ModelA,
    [property: JsonPropertyName("model_b")] string ModelB,
    string Winner, string Judge,
    [property: JsonPropertyName("conversation_a")] IReadOnlyList<Message> ConversationA,
    [property: JsonPropertyName("conversation_b")] IReadOnlyList<Message> ConversationB,
    int Turn, bool Anony, string Language, double Tstamp, Split Split, AnnotatorKind AnnotatorKind)
{
    /// <summary>Of a prompt whose metadata name none. The name of the field in both.</summary>
    public const string UnknownLanguage = "unknown";
    public const string LanguageField = "language";

    public const string First = "model_a";
    public const string Second = "model_b";
    public const string Tie = "tie";
    public const string BothBad = "tie (bothbad)";

    public static ArenaVote Of(Comparison comparison, Ranking ranking, Generation.Answer left, Generation.Answer right, string winner) => new(
        comparison.Id.Value, left.Generator, right.Generator, winner, ranking.Annotator.Value, Conversation(comparison, left), Conversation(comparison, right),
        comparison.Prompt.Messages.Count(m => m.Role == MessageRole.User),
        // Nobody sees who wrote what; FastChat's analysis takes those votes only.
        Anony: true, LanguageOf(comparison.Prompt), ranking.SubmittedAt.ToUnixTimeMilliseconds() / 1000.0, comparison.Prompt.Split, ranking.AnnotatorKind);

    private static string LanguageOf(Prompt prompt) => prompt.Metadata?[LanguageField] is JsonValue value && value.TryGetValue<string>(out var language) && language.Length > 0 ? language : UnknownLanguage;

    private static Message[] Conversation(Comparison comparison, Generation.Answer answer) => [.. comparison.Prompt.Messages, new(MessageRole.Assistant, answer.Text)];
}
