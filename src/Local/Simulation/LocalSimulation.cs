using System.Collections.Concurrent;
using System.Diagnostics;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Hosting;
using Rlhf.Local.Loop;
using Rlhf.Telemetry;

namespace Rlhf.Local.Simulation;

/// <summary>Simulated annotators of this machine: invited as such, ranking over HTTP, one task each.</summary>
public sealed partial class LocalSimulation(
    LoopRecords records, CampaignStore campaigns, InviteService invites, HostAddress address, TimeProvider time, ILoggerFactory loggers) : ISimulation, IDisposable
{
    private readonly ConcurrentDictionary<CampaignId, Task> crowds = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ILogger logger = loggers.CreateLogger<LocalSimulation>();

    /// <inheritdoc/>
    public bool CanStart(CampaignId campaign) => records.Find(campaign) is { IsSample: true };

    /// <inheritdoc/>
    /// <exception cref="RlhfException"><c>simulation-unavailable</c>: the rule only knows the project's own support messages.</exception>
    public async Task StartAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        if (records.Find(campaign) is not { IsSample: true } record)
        {
            throw new RlhfException("simulation-unavailable", $"Simulated annotators follow a rule about the project's own support messages, and '{campaign}' has other prompts.",
                "Invite people to rank it.", StatusCodes.Status409Conflict);
        }
        if (crowds.TryGetValue(campaign, out var known) && !known.IsCompleted) return;
        await AllowAsync(campaign, cancellation);
        records.Update(campaign, r => r with { SimulationStarted = true });
        var crowd = await InviteAsync(record, cancellation);
        crowds[campaign] = Task.WhenAll(crowd.Select(annotator => RunAsync(campaign, annotator)));
        LogStarted(crowd.Count, campaign);
    }

    /// <summary>Before the server they talk to ends.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(crowds.Values);
    }

    public void Dispose() => stopping.Dispose();

    /// <summary>Asking for simulated annotators asks for their rankings to be trained on.</summary>
    private Task<Campaign> AllowAsync(CampaignId campaign, CancellationToken cancellation) => campaigns.UpdateAsync(
        campaign,
        c => c.Settings.TrainOn.Contains(AnnotatorKind.Simulated) ? c
            : c.WithSettings(c.Settings with { TrainOn = [.. c.Settings.TrainOn, AnnotatorKind.Simulated] }, SettingsChange.Pipeline, time.GetUtcNow()),
        cancellation);

    private async Task<List<SimulatedAnnotator>> InviteAsync(LoopRecord record, CancellationToken cancellation)
    {
        var crowd = new List<SimulatedAnnotator>();
        for (var i = 0; i < record.Settings.Annotators; i++)
        {
            var habit = Habit.Of(i);
            var id = AnnotatorId.From($"simulated-{i + 1}-{habit.Name}");
            var (_, token) = await invites.CreateAsync(
                record.Campaign, AnnotatorKind.Simulated, $"simulated {i + 1}: {habit.Name}", TimeSpan.FromDays(30), id, cancellation: cancellation);
            var client = new AnnotatorClient(address.Client, record.Campaign, token);
            crowd.Add(new(client, id, habit, record.Settings.Seed, time, loggers.CreateLogger<SimulatedAnnotator>()));
        }
        return crowd;
    }

    private async Task RunAsync(CampaignId campaign, SimulatedAnnotator annotator)
    {
        // What asked for the annotators ends long before they do: their requests are traces of their own.
        Activity.Current = null;
        using var scope = logger.BeginScope(WorkIds.Of(campaign));
        try
        {
            await annotator.RunAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host is ending; resume starts them again.
        }
        catch (Exception e)
        {
            LogEnded(e, campaign);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} simulated annotators rank {Campaign}")]
    private partial void LogStarted(int count, CampaignId campaign);

    [LoggerMessage(Level = LogLevel.Error, Message = "A simulated annotator of {Campaign} ended")]
    private partial void LogEnded(Exception exception, CampaignId campaign);
}
