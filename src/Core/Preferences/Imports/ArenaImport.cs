using System.Text.Json;
using Rlhf.Labeling;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>Chatbot Arena votes: each is one judge's ranking of two models' answers; votes on the same two answers that follow each other are one comparison.</summary>
internal sealed class ArenaImport : IImportFormat
{
    public ImportInfo Info { get; } = new("arena", [], "Chatbot Arena votes (model_a, model_b, winner, conversation_a, conversation_b)",
        ["Conversations of several turns count by their last answer where all before is the same; others are named and left out.", "Other fields are named and not kept."]);

    public bool Recognizes(JsonElement value) => value.ValueKind == JsonValueKind.Object
        && ((string[])["winner", "conversation_a", "conversation_b"]).All(name => value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null);

    public ImportLine Read(long line, JsonElement value) => ImportReading.Guard(line, value, fields =>
    {
        var (prompt, left, right) = ImportMessages.Part(Conversation(fields, "conversation_a"), Conversation(fields, "conversation_b"), "conversation_a", "conversation_b");
        var answers = new ImportedAnswer[] { new(left, fields.Text("model_a")), new(right, fields.Text("model_b")) };
        foreach (var known in (string[])["question_id", "turn", "anony"]) fields.Take(known);
        if (value.TryGetProperty(ArenaVote.LanguageField, out var language) && language.ValueKind == JsonValueKind.String && language.ValueEquals(ArenaVote.UnknownLanguage)) fields.Take(ArenaVote.LanguageField);
        var vote = Winner(fields.Text("winner")) with { Judge = fields.Text("judge"), ShownOrder = [0, 1], SubmittedAt = Time(fields.Number("tstamp")) };
        var kinds = fields.Kinds("annotatorKind");
        return new(ImportReading.Question(prompt), answers, [vote with { Kind = kinds.Count == 0 ? null : kinds[0] }]);
    });

    private static ImportedRanking Winner(string? winner) => winner switch
    {
        ArenaVote.First => new(RankingOutcome.Ranked, [[0], [1]]),
        ArenaVote.Second => new(RankingOutcome.Ranked, [[1], [0]]),
        ArenaVote.Tie => new(RankingOutcome.Ranked, [[0, 1]]),
        ArenaVote.BothBad => new(RankingOutcome.BothBad, []),
        _ => throw new ImportException("unknown-winner", $"The winner is '{winner}'.", $"Use {ArenaVote.First}, {ArenaVote.Second}, {ArenaVote.Tie} or {ArenaVote.BothBad}."),
    };

    private static IReadOnlyList<Message> Conversation(ImportFields fields, string name) => fields.Take(name) is { ValueKind: JsonValueKind.Array } array ? ImportMessages.Of(array, name)
        : throw new ImportException("no-messages", $"'{name}' is no list of messages.", "Write it as [{\"role\": …, \"content\": …}].");

    private static DateTimeOffset? Time(double? seconds) => seconds is > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds.Value * 1000)) : null;
}
