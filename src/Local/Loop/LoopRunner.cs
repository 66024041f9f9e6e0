using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Cli;
using Rlhf.Local.Hosting;
using Rlhf.Local.Simulation;
using Rlhf.Local.Terminal;
using Rlhf.Orchestrations;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.Launching;

namespace Rlhf.Local.Loop;

/// <summary>Carries one record from prompts to report. Every step looks at what is there first, so a loop that was killed anywhere goes on when it is started again.</summary>
public sealed class LoopRunner(LocalHost host, LoopConsole console)
{
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan headStart = TimeSpan.FromSeconds(30);

    private readonly LoopRecords records = host.Get<LoopRecords>();
    private readonly CommandHints hints = host.Get<CommandHints>();
    private readonly TimeProvider time = host.Get<TimeProvider>();

    /// <summary>Makes the campaign and drops its prompts, where that has not been done.</summary>
    public async Task PrepareAsync(LoopRecord record, CancellationToken cancellation)
    {
        var settings = CampaignPlans.For(record);
        // A campaign that is there may have been changed since, by its owner or by asking for simulated annotators.
        if (await host.Get<CampaignStore>().FindAsync(record.Campaign, cancellation) is null)
            await host.Get<CampaignService>().CreateAsync(settings, record.Mode == LoopMode.Run ? record.Settings.Annotators : null, cancellation);
        else
            // Its orchestration may have failed meanwhile: that one begins anew.
            await host.Get<CampaignSignals>().WakeAsync(record.Campaign, cancellation);
        if (!record.Dropped) await DropAsync(record, cancellation);
        if (record.Mode == LoopMode.Run || record.SimulationStarted) host.Get<TrainerProgram>().Prepare();
    }

    /// <summary>Watches until the run has ended and been judged.</summary>
    /// <returns>How it ended.</returns>
    public async Task<LoopState> CompleteAsync(LoopRecord record, CancellationToken cancellation)
    {
        await RetryAsync(record, cancellation);
        await Beside.RunAsync([ended => SayTroubleAsync(record, console.Say, ended)], ended => FirstComparisonAsync(record, ended), cancellation);
        console.Say($"Rank some yourself:  {await PersonLinkAsync(record, cancellation)}");
        await using var view = console.OpenView(time);
        return await Beside.RunAsync([ended => SayTroubleAsync(record, view.Say, ended), ended => SimulateAsync(record, view, ended)], ended => WatchAsync(record, view, ended), cancellation);
    }

    /// <summary>Says what holds the campaign up, until it is cancelled.</summary>
    public Task SayTroubleAsync(LoopRecord record, Action<string> say, CancellationToken cancellation) => new TroubleWatch(
        host.Get<CampaignStore>(), host.Get<StorageHealth>(), record.Campaign, new Uri(host.Address, $"campaign?id={record.Campaign}").ToString(), time).RunAsync(say, cancellation);

    public async Task<string> PersonLinkAsync(LoopRecord record, CancellationToken cancellation)
    {
        var (_, token) = await host.Get<InviteService>().CreateAsync(
            record.Campaign, AnnotatorKind.Person, "you", TimeSpan.FromDays(30), AnnotatorId.From("you"), cancellation: cancellation);
        return InviteLink.For(host.Address, token);
    }

    /// <summary>Puts the file into the inbox, as anybody may: the sweep finds it there.</summary>
    private async Task DropAsync(LoopRecord record, CancellationToken cancellation)
    {
        await using var file = PromptFiles.Open(record);
        var path = $"inbox/{record.Campaign}/{Path.GetFileName(record.File)}";
        await host.Get<IBlobStore>().WriteAsync(path, file, default, cancellation);
        records.Update(record.Campaign, r => r with { Dropped = true });
        console.Say($"Dropped {Path.GetFileName(record.File)} into {path}");
    }

    /// <summary>A campaign that was set aside goes on; a run that failed is started again.</summary>
    private async Task RetryAsync(LoopRecord record, CancellationToken cancellation)
    {
        var campaign = await host.Get<CampaignStore>().GetAsync(record.Campaign, cancellation);
        if (campaign.State == CampaignState.Paused) await host.Get<CampaignService>().ResumeAsync(record.Campaign, cancellation);
        var runs = host.Get<RunService>();
        if ((await runs.ListAsync(record.Campaign, cancellation)).FirstOrDefault() is { State: RunState.Failed or RunState.Cancelled } failed)
        {
            console.Say($"{failed.Id} {failed.State.ToString().ToLowerInvariant()}; training starts again on the same rankings.");
            await runs.StartAsync(record.Campaign, cancellation: cancellation);
        }
    }

    private Task<LoopState> FirstComparisonAsync(LoopRecord record, CancellationToken cancellation) =>
        UntilAsync(record, state => state.Progress.Comparisons > 0 || state.Run is not null, cancellation);

    /// <summary>Starts simulated annotators, as soon as storage lets them.</summary>
    public Task StartSimulationAsync(LoopRecord record, CancellationToken cancellation) => PatientlyAsync(async () =>
    {
        await host.Get<LocalSimulation>().StartAsync(record.Campaign, cancellation);
        return true;
    }, cancellation);

    private async Task SimulateAsync(LoopRecord record, ILoopView view, CancellationToken cancellation)
    {
        if (console.IsTerminal && !record.SimulationStarted)
        {
            view.Say($"Simulated annotators start in {headStart.TotalSeconds:0} s; Enter starts them now.");
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(Task.Delay(headStart, time, either.Token), LoopConsole.EnterAsync(either.Token));
            await either.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
        await StartSimulationAsync(record, cancellation);
        var habits = Enumerable.Range(0, record.Settings.Annotators).Select(Habit.Of).Select(h => $"{h.Name} ({h.Description})").Distinct();
        view.Say($"{record.Settings.Annotators} simulated annotators rank now: {string.Join(", ", habits)}.");
    }

    private Task<LoopState> WatchAsync(LoopRecord record, ILoopView view, CancellationToken cancellation) => UntilAsync(record, state =>
    {
        view.Show(state.Steps);
        return state.Run is { HasEnded: true };
    }, cancellation);

    /// <summary>Looks until it is so.</summary>
    private Task<LoopState> UntilAsync(LoopRecord record, Func<LoopState, bool> isSo, CancellationToken cancellation)
    {
        var watch = new LoopWatch(host.Get<CampaignStore>(), host.Get<CampaignService>(), host.Get<RunService>());
        return PatientlyAsync(async () =>
        {
            var state = await watch.ReadAsync(record.Campaign, cancellation);
            if (isSo(state)) return state;
            await ThrowIfStuckAsync(state, cancellation);
            return null;
        }, cancellation);
    }

    /// <summary>Tries until there is a result. Storage that is away is waited for, as everything else here does; that is said beside this.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T?>> attempt, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                if (await attempt() is { } result) return result;
            }
            catch (RlhfException e) when (e.IsTransient)
            {
                // Tried again.
            }
            await Task.Delay(look, time, cancellation);
        }
    }

    /// <summary>Nothing comes any more where the campaign was stopped or its orchestration failed. A pause by a person is waited for: whoever made it can end it.</summary>
    private async Task ThrowIfStuckAsync(LoopState state, CancellationToken cancellation)
    {
        var id = state.Campaign.Id;
        if (state.Campaign is { State: CampaignState.Paused, Trouble: not null })
            throw new RlhfException("campaign-stopped", $"The campaign '{id}' is paused: {state.Campaign.Reason ?? "no reason is given"}", $"Set the cause right, then: {hints.Resume(id)}");
        if (state.Campaign.State == CampaignState.Cancelled)
        {
            records.Update(id, r => r with { Finished = true });
            throw new RlhfException("campaign-cancelled", $"The campaign '{id}' is cancelled: {state.Campaign.Reason ?? "no reason is given"}",
                $"Its rankings and pairs are kept, and it can't go on. Start another one: {hints.Run}");
        }
        if (state.Campaign.State == CampaignState.Completed && state.Run is null)
        {
            throw new RlhfException("nothing-to-train", $"Everything is ranked, and no training was started: {state.Campaign.Reason ?? "the campaign is complete."}",
                $"All {state.Progress.Rankings.Values.Sum()} rankings are kept. Start another one with more prompts: {hints.Run}");
        }
        var instance = await host.Get<IOrchestrationClient>().GetAsync(id.Value, cancellation);
        if (instance?.Status is OrchestrationStatus.Failed or OrchestrationStatus.Terminated)
        {
            throw new RlhfException(instance.Failure?.ErrorCode ?? "campaign-failed", $"The campaign '{id}' stopped: {instance.Failure?.Message}",
                instance.Failure?.Remedy ?? $"The log is {Path.Combine(host.Data.Logs, "host.log")}. Set the cause right, then: {hints.Resume(id)}");
        }
    }
}
