using System.Security.Cryptography;
using System.Text;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Storage;

namespace Rlhf.Campaigns;

/// <summary>What an owner sees of a campaign's rules of labeling, and changes of them. <see cref="Answers"/>, <see cref="LabelFormSettings.Scale"/> and <see cref="LabelFormSettings.ManyAnswers"/>
/// stand here to be seen and stay as they are: stored rankings mean what they mean by them.</summary>
public sealed record ChangeableSettings
{
    public string Title { get; init; } = "";

    /// <summary>K; it stays.</summary>
    public int Answers { get; init; }

    /// <summary>A lower one holds for open comparisons too; a higher one for those that are published from then on, and gives open ones back what a lower one took.</summary>
    public int Overlap { get; init; }

    /// <summary>As for <see cref="Overlap"/>.</summary>
    public SharingSettings Sharing { get; init; } = new();

    public CheckSettings Checks { get; init; } = new();

    /// <summary>A rule of deriving pairs: all are derived anew.</summary>
    public PairVoting Voting { get; init; }

    /// <summary>As for <see cref="Voting"/>.</summary>
    public IReadOnlyList<AnnotatorKind> TrainOn { get; init; } = [];

    public LabelFormSettings Form { get; init; } = new();

    /// <summary>Open comparisons follow it. Null leaves them where they are, and gives those that are published from then on no place of their own.</summary>
    public OrderingSettings? Ordering { get; init; }

    /// <summary>Held against the rankings there are already, since the round began or was closed last.</summary>
    public int? RankingBudget { get; init; }

    /// <summary>Another one holds for tasks that are shown from then on; it can't be taken away, since somebody may have its editor open.</summary>
    public string? LabelTemplate { get; init; }

    /// <summary>Can be named later; address and project stay then, since tasks are there.</summary>
    public LabelStudio.LabelStudioSettings? LabelStudio { get; init; }

    /// <summary>At any time. Another one judges anew: what the one before said is kept and not counted as its own.</summary>
    public GeneratorSettings? LlmJudge { get; init; }

    /// <summary>Of tasks that are served from then on.</summary>
    public TimeSpan Lease { get; init; }

    public static ChangeableSettings Of(CampaignSettings settings) => new()
    {
        Title = settings.Title,
        Answers = settings.Answers,
        Overlap = settings.Overlap,
        Sharing = settings.Sharing,
        Checks = settings.Checks,
        Voting = settings.Voting,
        TrainOn = settings.TrainOn,
        Form = settings.Form,
        Ordering = settings.Ordering,
        RankingBudget = settings.RankingBudget,
        LabelTemplate = settings.LabelTemplate,
        LabelStudio = settings.LabelStudio,
        LlmJudge = settings.LlmJudge,
        Lease = settings.Lease,
    };

    public CampaignSettings PutInto(CampaignSettings settings) => settings with
    {
        Title = Title,
        Overlap = Overlap,
        Sharing = Sharing,
        Checks = Checks,
        Voting = Voting,
        TrainOn = TrainOn,
        Form = Form,
        Ordering = Ordering,
        RankingBudget = RankingBudget,
        LabelTemplate = string.IsNullOrWhiteSpace(LabelTemplate) ? null : LabelTemplate,
        LabelStudio = LabelStudio,
        LlmJudge = LlmJudge,
        Lease = Lease,
    };

    /// <summary>Another one for each other content: what a change is held against.</summary>
    public string GetVersion() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StorageExtensions.ToBody(this))))[..16];
}
