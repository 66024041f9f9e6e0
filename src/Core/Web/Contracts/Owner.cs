using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Ordering;
using Rlhf.Preferences;
using Rlhf.LabelStudio;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.FineTuning;

namespace Rlhf.Web.Contracts;

public sealed record HealthResponse(string Status, string Version);

/// <summary>Body of <c>POST /api/campaigns</c>. What is left out is the host's or the pipeline's default.</summary>
/// <param name="Id">Made from the title where null.</param>
/// <param name="Annotators">How many there will be, where that is known; the overlap is held against it.</param>
/// <param name="Lease">How long a served comparison stays with its annotator.</param>
/// <param name="Stages">Of a run, in order: reward, ppo and export unless named; sft comes before them and takes own and preferred answers.</param>
/// <param name="Form">How annotators judge; what is left out of it is the default.</param>
/// <param name="Voting">How several rankings of one comparison become pairs.</param>
public sealed record CampaignRequest(
    string Title, CampaignId? Id = null, int Answers = 2, int Overlap = 1, string? Guidelines = null, JudgeKind Judge = JudgeKind.People,
    IReadOnlyList<GeneratorSettings>? Generators = null, string? Policy = null, IReadOnlyList<AnnotatorKind>? TrainOn = null,
    bool TrainWhenLabeled = false, int? MinimumPairs = null, int? BatchSize = null, int? OpenBatches = null, TimeSpan? Lease = null,
    TimeSpan? BatchDeadline = null, TrainingSettings? Training = null, SplitSettings? Split = null, long? TokenBudget = null,
    long Seed = 1, int? Annotators = null, FineTuningSettings? FineTuning = null, LabelFormSettings? Form = null, PairVoting Voting = PairVoting.Majority,
    IReadOnlyList<TrainingStage>? Stages = null)
{
    /// <summary>Whom comparisons are asked of beyond the overlap.</summary>
    public SharingSettings? Sharing { get; init; }

    /// <summary>What annotators are held against: gold, repeats, practice.</summary>
    public CheckSettings? Checks { get; init; }

    /// <summary>A Label Studio template (XML) with a Pairwise tag.</summary>
    public string? LabelTemplate { get; init; }

    /// <summary>A Label Studio server that it is labeled in too.</summary>
    public LabelStudioSettings? LabelStudio { get; init; }

    /// <summary>A language model that judges comparisons beside people, on request.</summary>
    public GeneratorSettings? LlmJudge { get; init; }

    /// <summary>Which comparisons are asked first; those of earlier batches where null.</summary>
    public OrderingSettings? Ordering { get; init; }

    /// <summary>Rankings of a round after which its labeling is closed; all is asked where null.</summary>
    public int? RankingBudget { get; init; }
}

/// <param name="Trouble">What keeps it from getting on; where it is not paused, it is tried again by itself.</param>
public sealed record CampaignView(
    CampaignId Id, string Title, CampaignState State, string? Reason, DateTimeOffset CreatedAt, int Round, int Answers, int Overlap,
    JudgeKind Judge, string Guidelines, IReadOnlyList<string> Generators, string? Policy, IReadOnlyList<AnnotatorKind> TrainOn, CampaignTrouble? Trouble = null,
    int GuidelinesVersion = 1, LabelFormView? Form = null)
{
    /// <summary>Fewest train pairs a run may have.</summary>
    public int MinimumPairs { get; init; }

    public static CampaignView Of(Campaign campaign)
    {
        var settings = campaign.Settings;
        return new(campaign.Id, settings.Title, campaign.State, campaign.Reason, campaign.CreatedAt, campaign.Round, settings.Answers, settings.Overlap,
            settings.Judge, settings.Guidelines, [.. settings.Generators.Select(g => g.Name)], settings.Policy, settings.TrainOn, campaign.Trouble,
            settings.GuidelinesVersion, LabelFormView.Of(settings.Form))
        { MinimumPairs = settings.MinimumPairs };
    }
}

public sealed record CampaignListResponse(IReadOnlyList<CampaignView> Campaigns);

/// <param name="CanSimulate">Whether simulated annotators can finish this campaign on this host.</param>
/// <param name="Storage">Storage that fails now, as the process that answers found it; null where it works.</param>
public sealed record CampaignResponse(CampaignView Campaign, CampaignProgress Progress, bool CanSimulate, StorageTrouble? Storage = null);

/// <summary>Body of pause and cancel.</summary>
/// <param name="Reason">Shown to annotators.</param>
public sealed record ReasonRequest(string? Reason = null);

/// <summary>Body of guidelines.</summary>
public sealed record GuidelinesRequest(string Guidelines);

/// <summary>Body of overlap.</summary>
/// <param name="Overlap">At least 1, and at most what it is.</param>
public sealed record OverlapRequest(int Overlap);

public sealed record RunListResponse(IReadOnlyList<Run> Runs);

/// <param name="Status">What the job last said of itself; null before it said anything.</param>
/// <param name="HasReport">Whether the report is there to be opened.</param>
/// <param name="FineTuning">Where the policy's provider tunes it: how far that is, and its tokens.</param>
public sealed record RunResponse(Run Run, RunStatus? Status, bool HasReport, IReadOnlyList<ExampleView> Examples, FineTuningView? FineTuning = null);

/// <param name="Job">Its id at the provider; null before there is one.</param>
/// <param name="TrainedTokens">What was charged for; null before the end.</param>
/// <param name="Note">Why there is no reward accuracy and no KL.</param>
public sealed record FineTuningView(
    string? Model, string? Job, string? TunedModel, string? Deployment, int TrainPairs, int ValidationPairs, int Epochs, double Beta,
    long EstimatedTokens, long? TrainedTokens, string Note)
{
    public static FineTuningView Of(FineTuningRecord record) => new(
        record.Model, record.JobId, record.TunedModel, record.TunedDeployment, record.Train.Pairs, record.Validation?.Pairs ?? 0, record.Epochs, record.Beta,
        record.EstimatedTokens, record.TrainedTokens, FineTuningRecord.NoRewardModel);
}

/// <summary>A test prompt answered before and after.</summary>
public sealed record ExampleView(string Prompt, string Before, string After);

public sealed record MetricsResponse(IReadOnlyList<MetricPoint> Points);

/// <summary>Body of <c>POST /api/runs/{run}/answers</c>.</summary>
/// <param name="Message">1 to 4,000 characters.</param>
/// <param name="Seed">The same seed gives the same answers; drawn where null.</param>
public sealed record ArenaRequest(string Message, long? Seed = null);

public sealed record ArenaResponse(ArenaAnswer Base, ArenaAnswer Tuned, long Seed);

/// <param name="Text">Null where there is no answer; then <paramref name="Failure"/> says why.</param>
public sealed record ArenaAnswer(string? Text, bool CutOff, string? Failure = null);

/// <summary>Answer to <c>GET /api/campaigns/{campaign}/ordering</c>.</summary>
/// <param name="Ordering">Null: earlier batches come first.</param>
public sealed record OrderingView(OrderingSettings? Ordering, int? RankingBudget, OrderingStand Stand);
