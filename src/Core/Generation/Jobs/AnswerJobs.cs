using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.Launching;

namespace Rlhf.Generation.Jobs;

/// <summary>Has models that are too large for the pipeline's own process answer in jobs of their own: prompts blob → answers blob, followed like a run's job and going on where it was preempted.</summary>
/// <remarks>Nothing waits here: whoever asks is told to ask again, and finds the same job by what it asked.</remarks>
public sealed class AnswerJobs(IBlobStore blobs, ITableStore tables, IJobLauncher launcher, JobFollower follower, PipelineOptions options, TimeProvider time)
{
    private readonly AnswerJobRows rows = new(tables);

    /// <param name="model">Blob prefix or <c>file:</c> folder.</param>
    /// <param name="asker">Whom the answers are for; the last that asks is who may stop it.</param>
    /// <returns>One outcome a request, in order.</returns>
    /// <exception cref="AnswersPendingException">The job goes on, or waits for another one to end.</exception>
    /// <exception cref="RlhfException">It failed, with its reason; asked again, it starts anew.</exception>
    public async Task<IReadOnlyList<GenerationOutcome>> AskAsync(
        string model, IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, JobAsker? asker = null, CancellationToken cancellation = default)
    {
        if (requests.Count == 0) return [];
        var job = AnswerJob.Of(model, requests, sampling);
        var track = await rows.FindAsync(job.Id, cancellation);
        if (await ReadAsync(job, cancellation) is { } written)
        {
            if (track is not null) await rows.DeleteAsync(job.Id, cancellation);
            return written;
        }
        await PrepareAsync(job, cancellation);
        var mayGoOn = track is not null && await HoldsSlotAsync(job.Id, track, cancellation);
        if (!mayGoOn && await OthersAsync(job.Id, cancellation) >= options.AnswerJobs) throw Pending(job);

        var finding = await LookAsync(job.Id, (track ?? new()) with { Asker = asker }, cancellation);
        return finding.Verdict switch
        {
            JobVerdict.Succeeded => await ReadAsync(job, cancellation) ?? throw Failed(job, await ForgetAsync(job.Id, cancellation)),
            JobVerdict.Failed => throw Failed(job, finding.Error!),
            _ => throw Pending(job),
        };
    }

    /// <summary>Stops the jobs that write for a campaign or a run: nobody wants their answers any more.</summary>
    /// <exception cref="RlhfException">Transient: the launcher is away.</exception>
    public async Task StopAsync(JobAsker asker, CancellationToken cancellation = default)
    {
        foreach (var (job, _) in (await rows.ListAsync(cancellation)).Where(row => asker.Includes(row.Value.Asker)))
        {
            await follower.StopAsync(launcher, job, cancellation);
            await rows.DeleteAsync(job, cancellation);
        }
    }

    private async Task PrepareAsync(AnswerJob job, CancellationToken cancellation)
    {
        if (await blobs.FindAsync(RunPaths.Job(job.Id), cancellation) is not null) return;
        await JsonLines.WriteAsync(blobs, job.PromptsPath, job.Prompts, cancellation);
        await blobs.WriteJsonAsync(RunPaths.Job(job.Id), job.ToContract(), WriteCondition.CreateOnly, cancellation);
    }

    private async Task<JobFinding> LookAsync(RunId job, JobTrack track, CancellationToken cancellation)
    {
        var finding = await follower.LookAsync(launcher, job, track, cancellation);
        if (finding.Verdict == JobVerdict.GoesOn)
        {
            await rows.WriteAsync(job, finding.Track, cancellation);
            return finding;
        }
        // One that failed goes on from its checkpoint when it is asked for again: its word must not stand there then.
        if (finding.Verdict == JobVerdict.Failed) await blobs.DeleteAsync(RunPaths.Status(job), null, cancellation);
        await rows.DeleteAsync(job, cancellation);
        return finding;
    }

    /// <summary>Answers that were removed are written anew.</summary>
    private async Task<RunError> ForgetAsync(RunId job, CancellationToken cancellation)
    {
        await blobs.DeleteAsync(RunPaths.Progress(job), null, cancellation);
        await blobs.DeleteAsync(RunPaths.Status(job), null, cancellation);
        return new("answers-missing", "It said it was done, and its answers are not there.", "Ask again: it is started anew.");
    }

    /// <summary>Jobs that others asked for and that go on. They are only counted: whoever wants their answers starts them again where they vanished, and nobody may.</summary>
    private async Task<int> OthersAsync(RunId mine, CancellationToken cancellation)
    {
        var going = 0;
        foreach (var (job, track) in await rows.ListAsync(cancellation))
            if (job != mine && await HoldsSlotAsync(job, track, cancellation)) going++;
        return going;
    }

    private async Task<bool> HoldsSlotAsync(RunId job, JobTrack track, CancellationToken cancellation)
    {
        if (track.Execution is not { } execution) return false;
        if (track.Trouble?.NotBefore > time.GetUtcNow()) return true;
        if (await blobs.ReadJsonAsync<RunStatus>(RunPaths.Status(job), cancellation) is { State: RunState.Succeeded or RunState.Failed }) return false;
        try
        {
            var phase = (await launcher.GetStateAsync(job, execution, cancellation)).Phase;
            return phase is JobPhase.Running or JobPhase.Overdue || (phase == JobPhase.Unknown && time.GetUtcNow() - track.StartedAt < options.RunSilence);
        }
        catch (RlhfException)
        {
            // What can't be asked now may well go on.
            return true;
        }
    }

    private async Task<IReadOnlyList<GenerationOutcome>?> ReadAsync(AnswerJob job, CancellationToken cancellation)
    {
        if (await blobs.FindAsync(job.AnswersPath, cancellation) is null) return null;
        var answers = await JsonLines.ReadAsync<GeneratedAnswer>(blobs, job.AnswersPath, cancellation).ToListAsync(cancellation);
        if (answers.Count != job.Prompts.Count || answers.Zip(job.Prompts).Any(pair => pair.First.PromptId != pair.Second.PromptId))
            throw new RlhfException("damaged-blob", $"'{job.AnswersPath}' has {answers.Count} answers to {job.Prompts.Count} prompts, or in another order.", "Remove it; the job is started again then.", 500);
        return [.. answers.Select(a => new GenerationOutcome(a.Text, a.FinishReason, a.PromptTokens, a.CompletionTokens, a.Failure))];
    }

    private static AnswersPendingException Pending(AnswerJob job) => new(job.Id, $"{job.Prompts.Count} answers of '{job.Model}'");

    private static RlhfException Failed(AnswerJob job, RunError error) => new(error.Code, $"The job '{job.Id}' that answers for '{job.Model}' failed: {error.Message}",
        $"{error.Remedy} Its files are below '{RunPaths.Root(job.Id)}'.", 500);
}
