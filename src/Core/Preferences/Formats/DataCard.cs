using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>What a data set is and how it came about, for whoever trains on it later: <c>card.json</c>, and in words the <c>README.md</c> beside it.</summary>
/// <param name="Format">Null where the card is of the campaign and of no file.</param>
/// <param name="Rows">In the file, by split: pairs, votes, examples or records, whatever the format has.</param>
/// <param name="RowsByKind">Rows with at least one ranking of the kind.</param>
/// <param name="AnswersByGenerator">Answers in the rows.</param>
/// <param name="Imports">Files that rankings came from.</param>
public sealed record DataCard(
    CampaignId Campaign, string Title, DateTimeOffset ExportedAt, string? Format, IReadOnlyList<string> Loses, PromptCounts Prompts,
    IReadOnlyDictionary<Split, int> Rows, IReadOnlyDictionary<AnnotatorKind, int> RowsByKind, IReadOnlyDictionary<string, int> AnswersByGenerator,
    CardRankings Rankings, CardAgreement Agreement, CardGuidelines Guidelines, CardRule Rule, CardDropped Dropped, IReadOnlyList<CardGenerator> Generators,
    IReadOnlyList<ImportSummary> Imports)
{
    /// <summary>How the ranked comparisons were chosen among those there were; null where all were asked alike.</summary>
    public CardChoice? Choice { get; init; }
}

/// <param name="Ordering">Null where none was preferred.</param>
/// <param name="RankingBudget">Rankings after which the labeling was to be closed.</param>
public sealed record CardChoice(OrderingSettings? Ordering, int? RankingBudget);

/// <summary>Of the whole campaign; skips and rankings that came when nobody was asked any more count for nothing.</summary>
/// <param name="Counted">By kind: those that the rule takes.</param>
/// <param name="LeftOut">By kind: those whose kind it does not take.</param>
/// <param name="Excluded">By kind: those of annotators who are left out, and of comparisons that gold was made of.</param>
/// <param name="Imported">Of all, those that came in files.</param>
/// <param name="Ties">Of those that count; <paramref name="BothBad"/> too.</param>
public sealed record CardRankings(
    IReadOnlyDictionary<AnnotatorKind, int> Counted, IReadOnlyDictionary<AnnotatorKind, int> LeftOut, IReadOnlyDictionary<AnnotatorKind, int> Excluded,
    IReadOnlyDictionary<AnnotatorKind, int> Imported, int Ties, int BothBad, int Skips);

/// <summary>Of the rankings that count, reviewers' aside.</summary>
/// <param name="Raw">How often two annotators of one comparison name the same best answer; null without overlap.</param>
/// <param name="Alpha">Krippendorff's, nominal, on which answer won.</param>
public sealed record CardAgreement(double? Raw, double? Alpha);

/// <param name="Sha256">Of the text, so that two cards can be held against each other.</param>
public sealed record CardGuidelines(int Version, string Sha256, string Text);

/// <summary>How rankings became pairs.</summary>
/// <param name="CutOff">Later rankings don't count; the moment of the export.</param>
/// <param name="Excluded">Annotators left out, by their pseudonyms.</param>
public sealed record CardRule(
    bool SoftLabels, bool UseMargin, PairVoting Voting, IReadOnlyList<AnnotatorKind> TrainOn, IReadOnlyList<AnnotatorId> Excluded, DateTimeOffset CutOff, int Answers, int Overlap, SplitSettings Split, long Seed);

/// <param name="Prompts">That got no comparison, by reason.</param>
/// <param name="Comparisons">That ended without all their rankings, by reason.</param>
/// <param name="Identical">Answer pairs of one text.</param>
/// <param name="Even">Answer pairs whose votes are even, which a soft rule keeps and this format has no place for.</param>
public sealed record CardDropped(IReadOnlyDictionary<string, int> Prompts, IReadOnlyDictionary<string, int> Comparisons, int Identical, int Even);

public sealed record CardGenerator(string Name, GeneratorKind Kind, string Model, double Share, SamplingSettings Sampling);
