using System.Net;
using System.Text.Json.Nodes;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>From the files to the tuned model.</summary>
internal sealed class TrainingSteps(IBlobStore blobs, FineTuningOptions options, TimeProvider time)
{
    /// <summary>Characters of a suffix that the provider takes.</summary>
    private const int LongestSuffix = 40;

    /// <returns>Whether the tuned model is there.</returns>
    public async Task<bool> TakeAsync(FineTuningWork work, FineTuningClient client, DeploymentClient? deployments, CancellationToken cancellation)
    {
        if (work.Record.TunedModel is not null) return true;
        if (work.Record.JobId is null && !await StartAsync(work, client, deployments, cancellation)) return false;
        var job = await client.GetJobAsync(work.Record.JobId!, cancellation);
        await new JobMetrics(blobs, client).FollowAsync(work, job, cancellation);
        if (job.Status is "failed" or "cancelled") throw FineTuningFailures.OfJob(job);
        if (job.Status != "succeeded" || job.FineTunedModel is not { } tuned) return false;
        await work.SaveAsync(work.Record with { TunedModel = tuned, TrainedTokens = job.TrainedTokens, TrainedAt = time.GetUtcNow() }, cancellation);
        return true;
    }

    /// <summary>Ends the job if there is one that goes on, also where its creation was never answered.</summary>
    /// <exception cref="RlhfException">Transient: it was asked for a moment ago and may yet show.</exception>
    public async Task CancelAsync(FineTuningWork work, FineTuningClient client, CancellationToken cancellation)
    {
        var record = work.Record;
        if (record.TunedModel is not null || record.Ended is RunState.Failed or RunState.Cancelled) return;
        if (record.JobId is null && record.AskedAt is null) return;
        var job = record.JobId ?? (await client.FindJobAsync(record.TrainFileId!, record.CreatedAt, cancellation))?.Id;
        if (job is null && time.GetUtcNow() - record.AskedAt < options.AskAgainAfter)
            throw new RlhfException("fine-tuning-unconfirmed", $"The fine-tuning job of '{record.Run}' was asked for and may yet show at Azure OpenAI.", "It is looked for again by itself.", 503) { IsTransient = true };
        if (job is null) return;
        try
        {
            await client.CancelJobAsync(job, cancellation);
        }
        catch (ProviderException e) when (e.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // It has ended by itself.
        }
    }

    /// <returns>Whether the job is there.</returns>
    private async Task<bool> StartAsync(FineTuningWork work, FineTuningClient client, DeploymentClient? deployments, CancellationToken cancellation)
    {
        if (work.Record.Model is null) await LookUpModelAsync(work, deployments!, cancellation);
        var train = await PutFileAsync(client, work.Record.Train, work.Record.TrainFileId, cancellation);
        await work.SaveAsync(work.Record with { TrainFileId = train.Id }, cancellation);
        var validation = work.Record.Validation is { } file ? await PutFileAsync(client, file, work.Record.ValidationFileId, cancellation) : null;
        await work.SaveAsync(work.Record with { ValidationFileId = validation?.Id }, cancellation);
        if (!train.IsReady || validation is { IsReady: false }) return false;
        return await FindOrAskAsync(work, client, cancellation);
    }

    /// <summary>The file as it stands at the provider: the one that is known, else one of its name, else uploaded now.</summary>
    private async Task<ProviderFile> PutFileAsync(FineTuningClient client, PreferenceFile file, string? id, CancellationToken cancellation)
    {
        if (id is not null)
        {
            var known = await client.GetFileAsync(id, cancellation);
            return known.IsUsable ? known : throw FineTuningFailures.OfFile(known with { Filename = known.Filename ?? file.Name });
        }
        if (await client.FindFileAsync(file.Name, cancellation) is { } earlier) return earlier;
        await using var content = await blobs.OpenReadAsync(file.Path, cancellation)
            ?? throw new RlhfException("fine-tuning-file-missing", $"'{file.Path}' is gone from storage.", "Train again: the rankings are kept.");
        return await client.UploadAsync(file.Name, content, cancellation);
    }

    /// <summary>The job on this run's file, which no other run has; asked for at most once at a time, since a second one would be paid for too.</summary>
    private async Task<bool> FindOrAskAsync(FineTuningWork work, FineTuningClient client, CancellationToken cancellation)
    {
        var record = work.Record;
        if (await client.FindJobAsync(record.TrainFileId!, record.CreatedAt, cancellation) is { } found)
        {
            await work.SaveAsync(record with { JobId = found.Id }, cancellation);
            return true;
        }
        if (record.AskedAt is { } asked && time.GetUtcNow() - asked < options.AskAgainAfter) return false;
        await work.SaveAsync(record with { AskedAt = time.GetUtcNow() }, cancellation);
        try
        {
            var job = await client.CreateJobAsync(RequestOf(work), cancellation);
            await work.SaveAsync(work.Record with { JobId = job.Id }, cancellation);
            return true;
        }
        catch (ProviderException e) when (e.Status is not (null or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError))
        {
            // A plain no: there is no job, and it may be asked for again as soon as the provider allows.
            await work.SaveAsync(work.Record with { AskedAt = null }, cancellation);
            throw e.IsTransient ? e : FineTuningFailures.OfCreation(e, work.Record);
        }
    }

    private static JsonObject RequestOf(FineTuningWork work)
    {
        var record = work.Record;
        var request = new JsonObject
        {
            ["model"] = record.Model,
            ["training_file"] = record.TrainFileId,
            ["suffix"] = record.Run.Value.Length <= LongestSuffix ? record.Run.Value : record.Run.Value[^LongestSuffix..].TrimStart('-'),
            ["seed"] = work.Settings.Seed & int.MaxValue,
            ["method"] = new JsonObject
            {
                ["type"] = "dpo",
                ["dpo"] = new JsonObject { ["hyperparameters"] = new JsonObject { ["beta"] = record.Beta, ["n_epochs"] = record.Epochs } },
            },
        };
        if (record.ValidationFileId is { } validation) request["validation_file"] = validation;
        if (work.Tuning.Tier != TrainingTier.Standard) request["trainingType"] = work.Tuning.Tier.ToString();
        return request;
    }

    private static async Task LookUpModelAsync(FineTuningWork work, DeploymentClient deployments, CancellationToken cancellation)
    {
        var held = await deployments.FindAsync(work.Record.Deployment, cancellation)
            ?? throw new RlhfException("deployment-not-found", $"The account of {AppSettings.FineTuningAccount} has no deployment '{work.Record.Deployment}'.",
                "Check that it is the account of the campaign's endpoint, or name the model to tune as fineTuning.model.");
        // A model that was tuned before is named whole; a base model by name and version.
        var isTuned = held.Model.Contains(".ft-", StringComparison.Ordinal);
        await work.SaveAsync(work.Record with { Model = isTuned || held.Version is null ? held.Model : $"{held.Model}-{held.Version}" }, cancellation);
    }
}
