using Rlhf.LabelStudio;
using Rlhf.Training.FineTuning;

namespace Rlhf.Campaigns;

/// <summary>What a campaign's settings must satisfy before anything starts. Each refusal names the value and the way out.</summary>
public static class CampaignSettingsRules
{
    public const int MinimumAnswers = 2;
    public const int MaximumAnswers = 9;
    public const int MaximumTitle = 200;

    /// <summary>Characters of guidelines: with the rest of the settings they share one row.</summary>
    public const int MaximumGuidelines = 16_000;

    /// <exception cref="RlhfException"><c>invalid-settings</c> or the more telling code of one setting.</exception>
    public static void Check(CampaignSettings settings)
    {
        IdRules.Check(settings.Id.Value, "campaign");
        // Batches, runs and evaluations append to it, and their ids have the same limit.
        if (settings.Id.Value.Length > 40)
            throw Refuse("title", $"The campaign id '{settings.Id}' has {settings.Id.Value.Length} characters.", "Choose an id of at most 40 characters.");
        CheckTexts(settings);
        CheckComparisons(settings);
        LabelStudioRules.Check(settings);
        CheckSharing(settings.Sharing);
        CheckChecks(settings.Checks);
        CheckGenerators(settings);
        CheckSplit(settings.Split);
        CheckPace(settings);
        CheckOrdering(settings);
        LabelFormRules.Check(settings.Form);
        CheckTraining(settings);
        FineTuningRules.Check(settings);
    }

    /// <summary>Refuses an overlap that so many annotators can't reach: a comparison never goes to the same one twice.</summary>
    /// <exception cref="RlhfException"><c>overlap-above-annotators</c>.</exception>
    public static void CheckAnnotators(CampaignSettings settings, int annotators)
    {
        if (annotators < 1)
            throw new RlhfException("no-annotators", $"The campaign '{settings.Id}' has {annotators} annotators.", "Name at least one annotator.");
        if (settings.Overlap > annotators)
            throw new RlhfException("overlap-above-annotators",
                $"The overlap is {settings.Overlap}, but there are {annotators} annotators, and a comparison never goes to the same one twice.",
                $"Lower the overlap to {annotators} or less, or have at least {settings.Overlap} annotators.");
    }

    private static void CheckTexts(CampaignSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Title) || settings.Title.Length > MaximumTitle)
            throw Refuse("title", $"The title has {settings.Title?.Length ?? 0} characters.", $"Give the campaign a title of 1 to {MaximumTitle} characters.");
        if (settings.Guidelines is null || settings.Guidelines.Length > MaximumGuidelines)
            throw Refuse("guidelines", $"The guidelines have {settings.Guidelines?.Length ?? 0} characters.", $"Give a text of at most {MaximumGuidelines}, and link to the rest.");
    }

    private static void CheckComparisons(CampaignSettings settings)
    {
        if (settings.Answers is < MinimumAnswers or > MaximumAnswers)
            throw new RlhfException("invalid-answers", $"{settings.Answers} answers a prompt can't be ranked.",
                $"Ask for {MinimumAnswers} to {MaximumAnswers} answers a prompt.")
            { Field = "answers" };
        if (settings.Overlap < 1)
            throw new RlhfException("invalid-overlap", $"The overlap is {settings.Overlap}, so nobody would rank anything.",
                "Let each comparison go to at least 1 annotator.")
            { Field = "overlap" };
    }

    private static void CheckSharing(SharingSettings sharing)
    {
        if (sharing.Share is not (>= 0 and <= 1))
            throw Refuse("sharing.share", $"A share of {sharing.Share} ({sharing.Share:0.##%}) can't go to more annotators.", "Choose 0 (none) to 1 (all); 0.1 (10%) is usual.");
        foreach (var (name, annotators) in new[] { ("overlap", sharing.Overlap), ("most", sharing.Most), ("test", sharing.Test) })
            if (annotators < 1) throw Refuse($"sharing.{name}", $"Comparisons can't go to {annotators} annotators.", "Choose 1 (nobody beyond the overlap) or more.");
    }

    private static void CheckChecks(CheckSettings checks)
    {
        foreach (var (name, share, usual) in new[] { ("goldShare", checks.GoldShare, "0.05 (5%)"), ("repeatShare", checks.RepeatShare, "0.02 (2%)") })
            if (share is not (>= 0 and <= 0.5)) throw Refuse($"checks.{name}", $"A share of {share} ({share:0.##%}) leaves too little work.", $"Choose 0 to 0.5 (50%); {usual} is usual.");
        if (checks.PracticeItems is < 0 or > 50)
            throw Refuse("checks.practiceItems", $"{checks.PracticeItems} practice comparisons can't be asked for.", "Choose 0 (none) to 50.");
        foreach (var (name, share) in new[] { ("neededAccuracy", checks.NeededAccuracy), ("concernBelow", checks.ConcernBelow) })
            if (share is not (>= 0 and <= 1)) throw Refuse($"checks.{name}", $"{share} ({share:0.##%}) is no share of what is right.", "Choose 0 to 1 (100%); 0.7 (70%) is usual.");
    }

    private static void CheckGenerators(CampaignSettings settings)
    {
        if (settings.Generators is not { Count: > 0 })
            throw new RlhfException("no-generators", $"The campaign '{settings.Id}' names no generator, so nobody would write answers.",
                "Name at least one: a model folder, or an endpoint.");
        foreach (var generator in settings.Generators)
        {
            if (string.IsNullOrWhiteSpace(generator.Name) || string.IsNullOrWhiteSpace(generator.Model))
                throw Refuse("generators", $"The generator '{generator.Name}' names the model '{generator.Model}'.", "Give each generator a name and a model.");
            if (!(generator.Share > 0) || !double.IsFinite(generator.Share))
                throw Refuse("generators", $"The generator '{generator.Name}' has the share {generator.Share}.", "Give it a share above 0, or leave it out.");
            CheckSampling(generator);
        }
        if (settings.LlmJudge is { } judge)
        {
            if (string.IsNullOrWhiteSpace(judge.Model)) throw Refuse("llmJudge.model", $"The judge '{judge.Name}' names no model.", "Name the model, or the deployment.");
            if (string.IsNullOrWhiteSpace(judge.Name)) throw Refuse("llmJudge.name", $"The judge that is '{judge.Model}' has no name.", "Give it one: its votes are kept under it.");
            if (judge.Endpoint is { } endpoint and not { IsAbsoluteUri: true, Scheme: "http" or "https" }) throw Refuse("llmJudge.endpoint", $"'{endpoint}' is no address.", "Give it as http:// or https:// with a name.");
            CheckSampling(judge);
        }
        var twice = settings.Generators.GroupBy(g => g.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw Refuse("generators", $"{twice.Count()} generators are called '{twice.Key}'.", "Give each its own name: answers are told apart by it.");
    }

    private static void CheckSampling(Generation.GeneratorSettings generator)
    {
        var sampling = generator.Sampling;
        if (sampling.MaximumTokens is < 1 or > 16_384)
            throw Refuse("generators", $"'{generator.Name}' may write {sampling.MaximumTokens} tokens an answer.", "Allow 1 to 16384.");
        if (sampling.Temperature is < 0 or > 5 or double.NaN)
            throw Refuse("generators", $"'{generator.Name}' has the temperature {sampling.Temperature}.", "Choose 0 (greedy) to 5; 1 is usual.");
        if (sampling.TopP is not (> 0 and <= 1))
            throw Refuse("generators", $"'{generator.Name}' has top-p {sampling.TopP}.", "Choose above 0 up to 1; 1 is off.");
        if (sampling.TopK < 0)
            throw Refuse("generators", $"'{generator.Name}' has top-k {sampling.TopK}.", "Choose 0 (off) or more.");
        if (generator.Timeout <= TimeSpan.Zero || generator.Concurrency < 1)
            throw Refuse("generators", $"'{generator.Name}' has the timeout {generator.Timeout} and the concurrency {generator.Concurrency}.",
                "Choose a timeout above zero and a concurrency of at least 1.");
    }

    private static void CheckSplit(SplitSettings split)
    {
        if (split.Validation is not (>= 0 and < 1) || split.Test is not (>= 0 and < 1) || split.Validation + split.Test >= 1)
            throw new RlhfException("invalid-split", $"A validation share of {split.Validation} and a test share of {split.Test} leave nothing to train on.",
                "Choose shares from 0 to 1 that add up to less than 1, e.g. 0.1 and 0.1.");
    }

    private static void CheckPace(CampaignSettings settings)
    {
        if (settings.BatchSize is < 1 or > 200)
            throw Refuse("batchSize", $"A batch has {settings.BatchSize} prompts.", "Choose 1 to 200; about 50 is usual.");
        if (settings.OpenBatches is < 1 or > 1_000)
            throw Refuse("openBatches", $"{settings.OpenBatches} batches may be open.", "Choose 1 to 1000; 8 is usual.");
        if (settings.BatchDeadline <= TimeSpan.Zero)
            throw Refuse("batchDeadline", $"The deadline of a batch is {settings.BatchDeadline}.", "Choose a time above zero; 14 days is usual.");
        if (settings.Lease < TimeSpan.FromSeconds(5) || settings.Lease > TimeSpan.FromDays(1))
            throw Refuse("lease", $"The lease is {settings.Lease}.", "Choose 5 seconds to a day; 10 minutes is usual.");
        if (settings.TokenBudget is < 1)
            throw Refuse("tokenBudget", $"The token budget is {settings.TokenBudget}.", "Choose 1 or more, or leave it out for no bound.");
    }

    private static void CheckOrdering(CampaignSettings settings)
    {
        if (settings.RankingBudget is < 1)
            throw Refuse("rankingBudget", $"The labeling is to be closed after {settings.RankingBudget} rankings.", "Choose 1 or more, or leave it out to have all ranked.");
        if (settings.Ordering is not { } ordering) return;
        if (!Enum.IsDefined(ordering.By))
            throw Refuse("ordering.by", $"There is no order '{ordering.By}'.", "Choose random or disagreement.");
        if (ordering.RandomShare is not (>= 0 and <= 1))
            throw Refuse("ordering.randomShare", $"A share of {ordering.RandomShare} can't be asked at random.", "Choose 0 (none) to 1 (all); 0.25 is usual.");
        if (ordering.Members is < 2 or > 64)
            throw Refuse("ordering.members", $"An ensemble of {ordering.Members} can't disagree, or takes too long.", "Choose 2 to 64; 8 is usual.");
        if (ordering.Pool is < 1 or > 50_000)
            throw Refuse("ordering.pool", $"{ordering.Pool} comparisons can't be kept open to choose from.", "Choose 1 to 50000, several times what will be ranked.");
        if (ordering.By == OrderingRule.Disagreement && ordering.ModelOf(settings) is null)
            throw Refuse("ordering.model", $"The campaign '{settings.Id}' is to be ordered by disagreement, and has no language model of its own whose features could be read.",
                "Name one (file:<folder> or a blob prefix with a model.onnx), or order at random.");
    }

    private static void CheckTraining(CampaignSettings settings)
    {
        if (settings.MinimumPairs < 1)
            throw Refuse("minimumPairs", $"A run needs {settings.MinimumPairs} pairs.", "Choose at least 1; 20 is usual.");
        if (settings.TrainOn is not { Count: > 0 } || settings.TrainOn.Any(kind => !Enum.IsDefined(kind)))
            throw Refuse("trainOn", "No kind of annotator is trained on.", "Name at least one of person, simulated and llm.");
        if (!Enum.IsDefined(settings.Voting))
            throw Refuse("voting", $"There is no voting '{settings.Voting}'.", "Choose majority, allVotes or dawidSkene.");
        if (settings.TrainWhenLabeled && settings.Policy is null)
            throw new RlhfException("no-policy", $"The campaign '{settings.Id}' is to train once it is labeled, but names no policy.",
                "Name the model to tune as the policy, or turn trainWhenLabeled off.");
        if (settings.Policy is not null && settings.Stages is not { Count: > 0 })
            throw Refuse("stages", "The campaign has a policy and no training stage.", "Name the stages, e.g. reward, ppo, export.");
        if (settings.Stages.Contains(Training.TrainingStage.Generate) || settings.Stages.Distinct().Count() != settings.Stages.Count)
            throw Refuse("stages", $"A run can't have the stages {string.Join(", ", settings.Stages).ToLowerInvariant()}.", "Name each of sft, reward, ppo, dpo and export at most once.");
    }

    internal static RlhfException Refuse(string setting, string message, string remedy) => new("invalid-settings", $"{message} ({setting})", remedy) { Field = setting };
}
