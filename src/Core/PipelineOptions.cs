namespace Rlhf;

/// <summary>How closely the pipeline looks after itself; what a host decides, not a campaign's owner.</summary>
public sealed record PipelineOptions
{
    /// <summary>How long a batch waits for a signal before it looks at its rankings by itself.</summary>
    public TimeSpan BatchLook { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>That wait's upper end; it doubles while nothing changes.</summary>
    public TimeSpan BatchLookMaximum { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a campaign waits for a signal before it compares its open batches with their rows.</summary>
    public TimeSpan CampaignLook { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan CampaignLookMaximum { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often rankings are counted against their budget, and comparisons ordered by them, while rankings come.</summary>
    public TimeSpan OrderingLook { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>That wait's upper end; it doubles while nothing comes.</summary>
    public TimeSpan OrderingLookMaximum { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a running job's status is read at first.</summary>
    public TimeSpan RunLook { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan RunLookMaximum { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A job that has not written its status for so long, and that its launcher does not know as running, has vanished.</summary>
    public TimeSpan RunSilence { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A job that its launcher says runs, and that has not written its status for so long, is stuck. A GPU's first start, image and all, takes some minutes.</summary>
    public TimeSpan RunStall { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a stuck job that was told to stop may take to end. Then another one is started beside what is still said to run: the run's lease lets one of them train.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a vanished job is started again without having got any further in between.</summary>
    public int RunRestarts { get; init; } = 3;

    /// <summary>How often it is started again at all, getting further each time.</summary>
    public int RunRestartsInAll { get; init; } = 20;

    /// <summary>Jobs at a time that write answers for models too large for the pipeline's own process; the rest wait.</summary>
    public int AnswerJobs { get; init; } = 1;

    /// <summary>Prompts one call of the generating activity carries.</summary>
    public int GenerationWindow { get; init; } = 50;

    /// <summary>Generating activities of one batch at a time.</summary>
    public int GenerationConcurrency { get; init; } = 2;

    /// <summary>Most test prompts that people judge after a run.</summary>
    public int PeopleTestPrompts { get; init; } = 100;

    /// <summary>Most test prompts that the rule judges: its time costs nobody anything, but the answers take some.</summary>
    public int RuleTestPrompts { get; init; } = 1_000;
}
