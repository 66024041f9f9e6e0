namespace Rlhf.Training.Launching;

/// <summary>What the pipeline has done about a job so far; kept by whoever wants the job.</summary>
/// <param name="Execution">The launcher's name for it; null before it was started.</param>
/// <param name="StartedAt">When that execution was started.</param>
/// <param name="Restarts">How often it was started again since it last got further.</param>
/// <param name="RestartedAt">The job's progress (0..1) at its last restart.</param>
/// <param name="RestartsInAll">How often it was started again at all.</param>
/// <param name="Trouble">What keeps it from being started or looked after now.</param>
/// <param name="StoppedAt">When that execution was told to stop because it was stuck; null where it was not.</param>
public sealed record JobTrack(
    string? Execution = null, DateTimeOffset? StartedAt = null, int Restarts = 0, double RestartedAt = 0, int RestartsInAll = 0, JobTrouble? Trouble = null,
    DateTimeOffset? StoppedAt = null)
{
    /// <summary>Whom an answer job writes for; null of a run's own job, and where nobody is named.</summary>
    public JobAsker? Asker { get; init; }
}

/// <summary>A campaign whose batches are answered, or one of its runs, whose test prompts are.</summary>
public sealed record JobAsker(CampaignId Campaign, RunId? Run = null)
{
    /// <summary>Whether what is asked for by <paramref name="other"/> is wanted by this one: a campaign's runs are its own.</summary>
    public bool Includes(JobAsker? other) => other is not null && other.Campaign == Campaign && (Run is null || other.Run == Run);
}

/// <summary>What passes by itself, and is tried again by itself: said so that people see why nothing happens.</summary>
/// <param name="Since">When it was first met.</param>
/// <param name="NotBefore">The launcher asked to be left alone until then.</param>
public sealed record JobTrouble(string Code, string Message, string Remedy, DateTimeOffset Since, DateTimeOffset? NotBefore = null)
{
    /// <summary>Who asks for more is asked again then: a header that is wrong must not end a run.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    /// <summary>The same trouble met again keeps its beginning.</summary>
    public static JobTrouble Of(RlhfException e, JobTrouble? before, DateTimeOffset now) =>
        new(e.Code, e.Message, e.Remedy, before?.Code == e.Code ? before.Since : now, e.RetryAfter is { } rest ? now + (rest < LongestRest ? rest : LongestRest) : null);
}

public enum JobVerdict { GoesOn, Succeeded, Failed }

/// <param name="Status">What the job last said of itself.</param>
/// <param name="Error">Why it failed, in <see cref="JobVerdict.Failed"/>.</param>
public sealed record JobFinding(JobVerdict Verdict, JobTrack Track, RunStatus? Status = null, RunError? Error = null);
