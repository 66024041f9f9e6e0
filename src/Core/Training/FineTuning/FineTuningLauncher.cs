using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>Trains a policy that is a deployment: its provider's preference fine-tuning instead of a job of ours, behind the same contract (status.json, metrics.jsonl).</summary>
/// <remarks>Each look takes the run a step further: files, job, training, deployment, first answer. Nothing runs in between, nothing waits inside a look, and
/// a provider that asks for patience gets it; a step is found again at the provider before it is taken again.</remarks>
public sealed partial class FineTuningLauncher : IJobLauncher, IDisposable
{
    private readonly IBlobStore blobs;
    private readonly CampaignStore campaigns;
    private readonly FineTuningPlanner planner;
    private readonly EndpointClients endpoints;
    private readonly FineTuningOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<FineTuningLauncher> logger;
    private readonly HttpClient http;
    private readonly TrainingSteps training;
    private readonly DeploymentSteps deployment;

    public FineTuningLauncher(
        IBlobStore blobs, CampaignStore campaigns, EndpointClients endpoints, IGeneratorFactory generators, FineTuningOptions options, TimeProvider time, ILogger<FineTuningLauncher> logger)
    {
        (this.blobs, this.campaigns, this.endpoints, this.options, this.time, this.logger) = (blobs, campaigns, endpoints, options, time, logger);
        // Redirects are not followed: the key would go along.
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = options.Timeout };
        planner = new(blobs, new(blobs), time);
        training = new(blobs, options, time);
        deployment = new(generators, options, time);
    }

    public async Task<string> StartAsync(RunId run, CancellationToken cancellation = default)
    {
        var settings = await SettingsOfAsync(run, cancellation);
        var access = endpoints.AccessTo(WriterOf(settings));
        await planner.PlanAsync(run, settings, access.Endpoint, Deployments() is not null, cancellation);
        await LookAsync((await FineTuningWork.OpenAsync(blobs, run, settings, cancellation))!, access, cancellation);
        return PolicyName.OfDeployment(run.Value);
    }

    /// <summary>Takes the run a step further. A run that has ended says so in status.json, as a job does.</summary>
    public async Task<JobState> GetStateAsync(RunId run, string execution, CancellationToken cancellation = default)
    {
        var settings = await SettingsOfAsync(run, cancellation);
        if (await FineTuningWork.OpenAsync(blobs, run, settings, cancellation) is not { } work) return new(JobPhase.Unknown);
        await LookAsync(work, endpoints.AccessTo(WriterOf(settings)), cancellation);
        return new(work.Record.Ended is null ? JobPhase.Running : JobPhase.Succeeded);
    }

    /// <summary>Cancels the provider's job and takes away the deployment that was made for the run: it costs by the hour. The tuned model, where there is one, is kept.</summary>
    public async Task StopAsync(RunId run, CancellationToken cancellation = default)
    {
        var settings = await SettingsOfAsync(run, cancellation);
        if (await FineTuningWork.OpenAsync(blobs, run, settings, cancellation) is not { } work) return;
        try
        {
            await training.CancelAsync(work, ClientOf(endpoints.AccessTo(WriterOf(settings))), cancellation);
            if (work.Record.HasDeployed && Deployments() is { } arm) await arm.DeleteAsync(work.Record.TargetDeployment, cancellation);
        }
        catch (ProviderException e)
        {
            throw new RlhfException("fine-tuning-not-stopped", $"The fine-tuning of '{run}' could not be stopped: {e.Message}",
                $"Cancel the job {work.Record.JobId} and delete the deployment '{work.Record.TargetDeployment}' in the Azure portal, where they are.", 502, e)
            {
                IsTransient = e.IsTransient,
            };
        }
        await work.SaveAsync(work.Record with { Ended = work.Record.Ended ?? RunState.Cancelled, HasDeployed = false }, cancellation);
    }

    public void Dispose() => http.Dispose();

    private async Task LookAsync(FineTuningWork work, EndpointAccess access, CancellationToken cancellation)
    {
        if (work.Record.Ended is null && !await AdvanceAsync(work, access, cancellation)) return;
        // At every look: while the provider is left alone a job that says nothing for long counts as stuck, and an end that could not be written the first time still is.
        await FineTuningStatus.WriteAsync(blobs, work.Record, time.GetUtcNow(), cancellation);
    }

    /// <returns>False where another look is at work.</returns>
    private async Task<bool> AdvanceAsync(FineTuningWork work, EndpointAccess access, CancellationToken cancellation)
    {
        try
        {
            if (!(work.Record.NotBefore > time.GetUtcNow())) await TakeAsync(work, access, cancellation);
        }
        catch (RlhfException e) when (e.Code == FineTuningWork.TakenCode)
        {
            return false;
        }
        catch (ProviderException e) when (e.IsTransient || e.IsRefusedKey && work.Record.JobId is not null)
        {
            await RestAsync(work, e, cancellation);
        }
        catch (Exception e) when (e is RlhfException { IsTransient: false } or ProviderException)
        {
            var known = e as RlhfException ?? FineTuningFailures.OfCall((ProviderException)e, work.Record);
            await work.SaveAsync(work.Record with { Ended = RunState.Failed, Error = new(known.Code, known.Message, known.Remedy) }, cancellation);
        }
        return true;
    }

    private async Task TakeAsync(FineTuningWork work, EndpointAccess access, CancellationToken cancellation)
    {
        await work.SaveAsync(work.Record with { NotBefore = null, Waiting = null }, cancellation);
        if (await training.TakeAsync(work, ClientOf(access), Deployments(), cancellation) && await deployment.TakeAsync(work, Deployments(), cancellation))
            await work.SaveAsync(work.Record with { Ended = RunState.Succeeded }, cancellation);
    }

    /// <summary>What is paid for is not given up because the provider, or somebody's role, is away for a while.</summary>
    private Task RestAsync(FineTuningWork work, ProviderException e, CancellationToken cancellation)
    {
        var rest = e.RetryAfter ?? options.Rest;
        LogRest(work.Record.Run, rest.TotalSeconds, e.Message);
        return work.SaveAsync(work.Record with { NotBefore = time.GetUtcNow() + rest, Waiting = $"Azure OpenAI is asked again later: {e.Message}" }, cancellation);
    }

    private FineTuningClient ClientOf(EndpointAccess access) => new(http, access, time);

    private DeploymentClient? Deployments() => options.Account is { } account ? new(http, options.Arm, account, endpoints.Credential, time) : null;

    private async Task<CampaignSettings> SettingsOfAsync(RunId run, CancellationToken cancellation) =>
        (await campaigns.GetAsync(RunStore.CampaignOf(run), cancellation)).Settings;

    private static GeneratorSettings WriterOf(CampaignSettings settings) => PolicyName.WriterOf(settings)
        ?? throw new RlhfException("policy-not-a-generator", $"The policy '{settings.Policy}' is none of the campaign's generators, so its endpoint is not known.",
            "Create the campaign with the deployment among its generators.", 409);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The fine-tuning of {Run} rests for {Seconds:0} s: {Reason}")]
    private partial void LogRest(RunId run, double seconds, string reason);
}
