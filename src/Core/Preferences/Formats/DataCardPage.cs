using System.Globalization;
using System.Text;
using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>A data card in words: the README.md of a data set, with the head by which Hugging Face finds the splits' files.</summary>
public static class DataCardPage
{
    /// <param name="files">File of each split; empty where the data lie elsewhere.</param>
    public static string Render(DataCard card, IReadOnlyDictionary<Split, string> files)
    {
        var page = new StringBuilder();
        Head(page, files);
        page.Append(CultureInfo.InvariantCulture, $"""
            # {OneLine(card.Title)}

            Preference data of the campaign `{card.Campaign}`{(card.Format is { } format ? $", format `{format}`" : "")}, exported {card.ExportedAt:yyyy-MM-dd HH:mm} UTC.

            | split | rows | prompts of the campaign |
            |---|---|---|
            | train | {Count(card, Split.Train)} | {card.Prompts.Train} |
            | validation | {Count(card, Split.Validation)} | {card.Prompts.Validation} |
            | test | {Count(card, Split.Test)} | {card.Prompts.Test} |

            Splits are by a hash of the prompt's group (shares: validation {card.Rule.Split.Validation}, test {card.Rule.Split.Test}) or as the imported file said. Test rows are for measuring only.

            ## Who ranked

            | | |
            |---|---|
            | rows by kind of annotator | {List(card.RowsByKind)} |
            | rankings that count | {List(card.Rankings.Counted)} |
            | rankings left out for their kind | {List(card.Rankings.LeftOut)} |
            | rankings left out for their annotator, or because gold was made of them | {List(card.Rankings.Excluded)} |
            | of all rankings, imported from files | {List(card.Rankings.Imported)} |
            | ties and both bad of those that count, skips | {card.Rankings.Ties}, {card.Rankings.BothBad}, {card.Rankings.Skips} |
            | agreement, raw | {Number(card.Agreement.Raw)} |
            | agreement, Krippendorff's alpha (which answer won) | {Number(card.Agreement.Alpha)} |
            | annotators left out | {(card.Rule.Excluded.Count == 0 ? "none" : string.Join(", ", card.Rule.Excluded))} |

            ## How rankings became rows

            Several rankings of one comparison: {Name(card.Rule.Voting)}. Labels: {(card.Rule.SoftLabels ? "soft (share of votes)" : "hard (a draw gives no pair)")}. Margin: {(card.Rule.UseMargin ? "mean signed strength as ⅓, ⅔, 1 raw reward units" : "not used")}.
            Kinds of annotators that count: {string.Join(", ", card.Rule.TrainOn.Select(Name))}. Rankings up to {card.Rule.CutOff:yyyy-MM-dd HH:mm:ss} UTC count.
            {card.Rule.Answers} answers a prompt, overlap {card.Rule.Overlap}, seed {card.Rule.Seed}.

            {Choice(card.Choice)}

            | left out | |
            |---|---|
            | prompts without a comparison | {List(card.Dropped.Prompts)} |
            | comparisons that ended without all rankings | {List(card.Dropped.Comparisons)} |
            | answer pairs of one text | {card.Dropped.Identical} |
            | answer pairs of even votes (ties, with soft labels), which would stand in the file as preferences | {card.Dropped.Even} |

            ## Who wrote the answers

            In the rows: {List(card.AnswersByGenerator)}.

            | generator | model | share | temperature | top-p | top-k | tokens at most |
            |---|---|---|---|---|---|---|

            """);
        foreach (var g in card.Generators)
            page.Append(CultureInfo.InvariantCulture, $"| {Cell(g.Name)} | {Cell(g.Model)} ({Name(g.Kind)}) | {g.Share} | {g.Sampling.Temperature} | {g.Sampling.TopP} | {g.Sampling.TopK} | {g.Sampling.MaximumTokens} |\n");
        Imports(page, card);
        if (card.Loses.Count > 0) page.Append("\n## What this format does not hold\n\n").AppendJoin("", card.Loses.Select(l => $"- {l}\n"));
        page.Append(CultureInfo.InvariantCulture, $"\n## Guidelines, version {card.Guidelines.Version}\n\nSHA-256 `{card.Guidelines.Sha256}`\n\n{Quote(card.Guidelines.Text)}\n");
        return page.ToString();
    }

    private static string Choice(CardChoice? choice) => choice switch
    {
        null => "All comparisons were asked alike.",
        { Ordering: { By: OrderingRule.Disagreement } ordering } => string.Create(CultureInfo.InvariantCulture,
            $"**Train comparisons were chosen**: those that {ordering.Members} small reward models, fitted on the rankings so far, differed most about came first, but for a share of {ordering.RandomShare} at random. They are closer, and more often tied, than a random draw. Validation and test comparisons were asked at random. {Budget(choice.RankingBudget)}"),
        { Ordering: not null } => $"Comparisons were asked in a random order. {Budget(choice.RankingBudget)}",
        _ => $"Comparisons were asked in the order of their batches. {Budget(choice.RankingBudget)}",
    };

    private static string Budget(int? rankings) => rankings is { } most ? string.Create(CultureInfo.InvariantCulture, $"The labeling was to be closed after {most} rankings.") : "";

    private static void Head(StringBuilder page, IReadOnlyDictionary<Split, string> files)
    {
        if (files.Count == 0) return;
        page.Append("---\nconfigs:\n- config_name: default\n  data_files:\n");
        foreach (var (split, file) in files) page.Append(CultureInfo.InvariantCulture, $"  - split: {Name(split)}\n    path: {file}\n");
        page.Append("tags:\n- preference\n- rlhf\n---\n\n");
    }

    private static void Imports(StringBuilder page, DataCard card)
    {
        if (card.Imports.Count == 0) return;
        page.Append("\n## Imported files\n\n| file | format | comparisons | rankings | not kept |\n|---|---|---|---|---|\n");
        foreach (var i in card.Imports)
            page.Append(CultureInfo.InvariantCulture, $"| {Cell(i.Name)} | {i.Format} | {i.Counts.Comparisons} | {List(i.Counts.Rankings)} | {Cell(string.Join(" ", i.Notes.Select(n => $"{n.Key} ({n.Value} times)")))} |\n");
    }

    private static int Count(DataCard card, Split split) => card.Rows.GetValueOrDefault(split);

    private static string List<T>(IReadOnlyDictionary<T, int> counts) where T : notnull =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.OrderByDescending(c => c.Value).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} {Cell(Name(c.Key))}")));

    private static string Number(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "no two annotators ranked the same comparison";

    private static string Name<T>(T value) where T : notnull => value is Enum ? JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!) : value.ToString()!;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Cell(string text) => OneLine(text).Replace("|", "\\|", StringComparison.Ordinal);

    private static string Quote(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => $"> {line}"));
}
