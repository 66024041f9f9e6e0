using System.Text;
using Microsoft.Net.Http.Headers;
using Rlhf.Campaigns;
using Rlhf.Web.Contracts;

namespace Rlhf.Web.Routes;

/// <summary>From what an owner sends to what a campaign is.</summary>
internal static class CampaignRequests
{
    private const int LongestIdFromTitle = 32;

    public static CampaignSettings ToSettings(CampaignRequest request, WebOptions options)
    {
        var settings = new CampaignSettings
        {
            Id = request.Id ?? IdFromTitle(request.Title),
            Title = request.Title,
            Answers = request.Answers,
            Overlap = request.Overlap,
            Judge = request.Judge,
            Generators = request.Generators ?? options.DefaultGenerators,
            Policy = request.Policy ?? options.DefaultPolicy,
            FineTuning = request.FineTuning,
            LabelTemplate = string.IsNullOrWhiteSpace(request.LabelTemplate) ? null : request.LabelTemplate,
            LabelStudio = request.LabelStudio,
            LlmJudge = request.LlmJudge,
            Ordering = request.Ordering,
            RankingBudget = request.RankingBudget,
            TrainWhenLabeled = request.TrainWhenLabeled,
            TokenBudget = request.TokenBudget,
            Seed = request.Seed,
            Voting = request.Voting,
        };
        return settings with
        {
            Guidelines = request.Guidelines ?? settings.Guidelines,
            TrainOn = request.TrainOn ?? settings.TrainOn,
            MinimumPairs = request.MinimumPairs ?? settings.MinimumPairs,
            BatchSize = request.BatchSize ?? settings.BatchSize,
            OpenBatches = request.OpenBatches ?? settings.OpenBatches,
            Lease = request.Lease ?? settings.Lease,
            BatchDeadline = request.BatchDeadline ?? settings.BatchDeadline,
            Training = request.Training ?? settings.Training,
            Split = request.Split ?? settings.Split,
            Sharing = request.Sharing ?? settings.Sharing,
            Checks = request.Checks ?? settings.Checks,
            Form = request.Form ?? settings.Form,
            Stages = request.Stages ?? settings.Stages,
        };
    }

    /// <summary>A file name for what a content type says.</summary>
    /// <exception cref="RlhfException"><c>unknown-prompt-file</c>.</exception>
    public static string FileNameFor(string? contentType)
    {
        var type = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed.MediaType.ToString().ToLowerInvariant() : "";
        return "prompts" + type switch
        {
            "application/jsonl" or "application/x-ndjson" or "application/x-jsonlines" => ".jsonl",
            "application/json" => ".json",
            "text/csv" => ".csv",
            "text/plain" => ".txt",
            "application/vnd.apache.parquet" => ".parquet",
            _ => throw new RlhfException("unknown-prompt-file", $"The content type '{contentType}' does not say what kind of prompt file this is.", "Add ?name= with a file name that ends in .jsonl, .json, .csv, .txt or .parquet.", 415),
        };
    }

    private static CampaignId IdFromTitle(string? title)
    {
        if (string.IsNullOrWhiteSpace(title)) throw new RlhfException("invalid-settings", "The campaign has no title.", $"Give it one of 1 to {CampaignSettingsRules.MaximumTitle} characters.") { Field = "title" };
        var id = new StringBuilder();
        foreach (var c in title.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) id.Append(c);
            else if (id.Length > 0 && id[^1] != '-') id.Append('-');
            if (id.Length == LongestIdFromTitle) break;
        }
        var trimmed = id.ToString().Trim('-');
        return trimmed.Length > 0 ? CampaignId.From(trimmed)
            : throw new RlhfException("no-campaign-id", $"The title '{title}' gives no id.", "Give the campaign an id of lower-case letters, digits and hyphens.") { Field = "title" };
    }
}
