using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Preferences;
using Rlhf.Training;
using Rlhf.Training.FineTuning;

namespace Rlhf.Campaigns;

/// <summary>What the owner decides about a campaign. Checked when it is created; the message of each refusal carries the actual value.</summary>
public sealed record CampaignSettings
{
    public required CampaignId Id { get; init; }

    public required string Title { get; init; }

    /// <summary>K, answers a prompt: 2..9.</summary>
    public int Answers { get; init; } = 2;

    /// <summary>Who writes the answers; at least one. Shares are relative.</summary>
    public required IReadOnlyList<GeneratorSettings> Generators { get; init; }

    /// <summary>What is tuned: an open-weights model (blob prefix or <c>file:</c> folder, Hugging Face layout), or <c>azureOpenAI:&lt;deployment&gt;</c>, which its provider tunes; that
    /// deployment is one of <see cref="Generators"/> too. Null: there is nothing to train.</summary>
    public string? Policy { get; init; }

    /// <summary>Only for a policy that is a deployment; null is all defaults.</summary>
    public FineTuningSettings? FineTuning { get; init; }

    /// <summary>Different annotators a comparison goes to, at least 1.</summary>
    public int Overlap { get; init; } = 1;

    /// <summary>Whom comparisons are asked of beyond that.</summary>
    public SharingSettings Sharing { get; init; } = new();

    /// <summary>What annotators are held against.</summary>
    public CheckSettings Checks { get; init; } = new();

    public SplitSettings Split { get; init; } = new();

    public string Guidelines { get; init; } = "Pick the answer you would rather have received.";

    public int GuidelinesVersion { get; init; } = 1;

    public LabelFormSettings Form { get; init; } = new();

    /// <summary>A Label Studio template (XML) with a Pairwise tag: tasks are shown in Label Studio's editor. Null: in the form.</summary>
    public string? LabelTemplate { get; init; }

    /// <summary>Another one for each other template, so that an open page knows it has to read it anew; null without one.</summary>
    [JsonIgnore]
    public string? TemplateVersion => LabelTemplate is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(LabelTemplate)))[..12];

    /// <summary>A Label Studio server that the campaign is labeled in too; null is none.</summary>
    public LabelStudio.LabelStudioSettings? LabelStudio { get; init; }

    public JudgeKind Judge { get; init; } = JudgeKind.People;

    /// <summary>Whether pairs of different annotator kinds may meet in one data set. Off: <see cref="TrainOn"/> only.</summary>
    public IReadOnlyList<Labeling.AnnotatorKind> TrainOn { get; init; } = [Labeling.AnnotatorKind.Person];

    /// <summary>A language model that judges comparisons beside people, on request; its judgements become rankings (kind llm) only where <see cref="TrainOn"/> has that kind.</summary>
    public GeneratorSettings? LlmJudge { get; init; }

    /// <summary>How several rankings of one comparison become pairs.</summary>
    public PairVoting Voting { get; init; } = PairVoting.Majority;

    /// <summary>Gives each pair a margin from the strengths of its rankings, in raw reward units.</summary>
    public bool UseMargin { get; init; }

    /// <summary>Starts a run by itself once every batch of the round is done.</summary>
    public bool TrainWhenLabeled { get; init; }

    /// <summary>Fewest train pairs a run may have.</summary>
    public int MinimumPairs { get; init; } = 20;

    public TrainingSettings Training { get; init; } = new();

    public IReadOnlyList<TrainingStage> Stages { get; init; } = [TrainingStage.Reward, TrainingStage.Ppo, TrainingStage.Export];

    /// <summary>Prompts one LabelBatch carries.</summary>
    public int BatchSize { get; init; } = 50;

    /// <summary>Batches open at a time: a million prompts are not generated before anybody ranks the first.</summary>
    public int OpenBatches { get; init; } = 8;

    public TimeSpan BatchDeadline { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Which comparisons are asked first; null: those of earlier batches.</summary>
    public OrderingSettings? Ordering { get; init; }

    /// <summary>Rankings of a round after which its labeling is closed, as if by the owner: what is open ends with the rankings it has, and training follows where it is wanted. Null: all is asked.</summary>
    public int? RankingBudget { get; init; }

    /// <summary>How long a served comparison stays with its annotator.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most answer tokens generators may spend; null is no bound. Reaching it pauses the campaign with the reason.</summary>
    public long? TokenBudget { get; init; }

    public long Seed { get; init; } = 1;

    /// <summary>Whether rankings are looked at while they come, to order what is open by them or to close it.</summary>
    [JsonIgnore]
    public bool IsFollowed => RankingBudget is not null || Ordering is not null;
}

/// <summary>Shares of prompt groups; the rest is train.</summary>
public sealed record SplitSettings(double Validation = 0.1, double Test = 0.1);
