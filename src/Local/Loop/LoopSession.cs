using System.Diagnostics;
using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Local.Checks;
using Rlhf.Local.Cli;
using Rlhf.Local.Hosting;
using Rlhf.Local.Inbox;
using Rlhf.Prompts;
using Rlhf.Training;
using Rlhf.Training.Reporting;

namespace Rlhf.Local.Loop;

/// <summary>One start of the program on a data folder: checks, host, the loop it was asked for, and what is said about all of it.</summary>
public sealed class LoopSession(HostSettings settings, LoopConsole console)
{
    private const string SampleName = "support";
    private const int ErrorsSaid = 3;

    private readonly CommandHints hints = new(settings);

    /// <summary>A new campaign on the sample prompts; earlier ones are kept.</summary>
    public async Task<int> RunAsync(LoopSettings loop, CancellationToken cancellation)
    {
        var data = Check(loop.Model);
        var records = new LoopRecords(data);
        var unfinished = records.List().Where(r => r is { Mode: LoopMode.Run, Finished: false }).ToList();
        var record = NewRecord(records.NextId(SampleName), LoopMode.Run, ShippedModel.SamplePrompts, true, loop);
        CampaignSettingsRules.Check(CampaignPlans.For(record));
        CampaignSettingsRules.CheckAnnotators(CampaignPlans.For(record), loop.Annotators);
        await using var host = await StartHostAsync(data, cancellation);
        SayEarlier(records);
        await SetAsideAsync(host, unfinished, record.Campaign, cancellation);
        records.Write(record);
        return await CompleteAsync(host, record, cancellation);
    }

    /// <summary>Somebody's own prompts, ranked by people.</summary>
    public async Task<int> ServeFileAsync(string file, LoopSettings loop, CancellationToken cancellation)
    {
        var path = PromptFiles.Check(file);
        var data = Check(loop.Model);
        var records = new LoopRecords(data);
        await using var host = await StartHostAsync(data, cancellation);
        if (loop.Model is null && loop.Endpoint is null)
            console.Say("The shipped model only speaks customer-support messages; choose another with --model FOLDER or --endpoint URL --endpoint-model NAME.");
        var record = NewRecord(records.NextId(NameOf(path)), LoopMode.Serve, path, false, loop);
        CampaignSettingsRules.Check(CampaignPlans.For(record));
        records.Write(record);
        return await ServeAsync(host, record, cancellation);
    }

    /// <summary>People rank: the campaign that they are at, or a new one on the sample prompts.</summary>
    public async Task<int> ServeAsync(LoopSettings loop, CancellationToken cancellation)
    {
        var data = Check(loop.Model);
        var records = new LoopRecords(data);
        await using var host = await StartHostAsync(data, cancellation);
        var record = records.List().FirstOrDefault(r => r is { Mode: LoopMode.Serve, Finished: false });
        if (record is null)
        {
            record = NewRecord(records.NextId(SampleName), LoopMode.Serve, ShippedModel.SamplePrompts, true, loop);
            records.Write(record);
        }
        return await ServeAsync(host, record, cancellation);
    }

    /// <exception cref="RlhfException"><c>nothing-to-resume</c>, <c>campaign-not-found</c>.</exception>
    public async Task<int> ResumeAsync(CampaignId? campaign, CancellationToken cancellation)
    {
        var data = DataFolder.Open(settings.Data);
        var records = new LoopRecords(data);
        var record = campaign is { } id
            ? records.Find(id) ?? throw new RlhfException("campaign-not-found", $"There is no campaign '{id}' in '{data.Root}'.", $"See the list: {hints.Campaigns}", 404)
            : records.List().FirstOrDefault(r => !r.Finished);
        if (record is null or { Finished: true })
        {
            throw new RlhfException("nothing-to-resume", record is null ? $"Nothing in '{data.Root}' was interrupted." : $"'{record.Campaign}' is finished.",
                $"Start a new one: {hints.Run}");
        }
        Check(record.Settings.Model);
        await using var host = await StartHostAsync(data, cancellation, record.Azurite);
        console.Say($"Going on with {record.Campaign}, begun {record.StartedAt.ToLocalTime():yyyy-MM-dd HH:mm}.");
        return record.Mode == LoopMode.Run ? await CompleteAsync(host, record, cancellation) : await ServeAsync(host, record, cancellation);
    }

    private DataFolder Check(string? model)
    {
        var data = DataFolder.Open(settings.Data);
        foreach (var check in MachineChecks.Quick(data, model))
        {
            if (!check.IsWell) throw new RlhfException($"check-{check.Name}", check.Problem!, check.Remedy!);
            console.Say($"Check {check.Name}: {check.Found}");
        }
        if (!MachineChecks.LibtorchIsHere()) console.Say("The trainer is downloaded and built in the background while answers are ranked: libtorch, about 700 MB, once.");
        return data;
    }

    private async Task<LocalHost> StartHostAsync(DataFolder data, CancellationToken cancellation, bool azurite = false)
    {
        var chosen = settings with { Azurite = settings.Azurite || azurite };
        var host = await LocalHost.StartAsync(data, chosen, console.Say, cancellation);
        if (chosen.Azurite) console.Say("Storage: Azurite (blobs and tables); the embedded engine's history stays in SQLite. Azurite saves up to five seconds late: for trying out, not for keeping.");
        console.Say($"Dashboard (yours, it signs you in):  {host.OwnerLink}");
        host.Get<InboxWatch>().Read += report => SayRead(data, report);
        return host;
    }

    private void SayRead(DataFolder data, IngestReport report)
    {
        console.Say($"Read {Path.GetFileName(report.File)}: {report.Accepted} new prompts, {report.Duplicates} known already, {report.Rejected} lines rejected");
        foreach (var error in report.Errors.Take(ErrorsSaid)) console.Say($"  {(error.Line > 0 ? $"line {error.Line}: " : "")}{error.Message} {error.Remedy}");
        if (report.Errors.Count <= ErrorsSaid || report.ErrorFile is not { } errors) return;
        var file = Path.Combine(data.Blobs, errors);
        console.Say($"  All of them: {(File.Exists(file) ? file : errors)}");
    }

    private async Task<int> CompleteAsync(LocalHost host, LoopRecord record, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var records = host.Get<LoopRecords>();
        try
        {
            var runner = new LoopRunner(host, console);
            await runner.PrepareAsync(record, cancellation);
            var state = await runner.CompleteAsync(record, cancellation);
            if (state.Run is not { State: RunState.Succeeded } run) return Fail(state);
            await SummarizeAsync(host, state, run, record.Seconds + clock.Elapsed.TotalSeconds);
            records.Update(record.Campaign, r => r with { Finished = true });
            if (console.IsTerminal) await StayAsync(host, run, cancellation);
            return 0;
        }
        finally
        {
            records.Update(record.Campaign, r => r with { Seconds = record.Seconds + clock.Elapsed.TotalSeconds });
        }
    }

    private int Fail(LoopState state)
    {
        var error = state.Run?.Error;
        console.Say("");
        console.Say($"Training failed: {error?.Message ?? state.Run?.State.ToString()}");
        if (error?.Remedy is { } remedy) console.Say(remedy);
        if (error?.Detail is { } detail) console.Say(detail);
        console.Say($"All {state.Progress.Rankings.Values.Sum()} rankings are kept. To train again on them: {hints.Resume(state.Campaign.Id)}");
        return ExitCodes.Failed;
    }

    private async Task SummarizeAsync(LocalHost host, LoopState state, Run run, double seconds)
    {
        var report = await host.Get<RunReporter>().ReadAsync(run.Id, CancellationToken.None);
        var outFolder = Directory.CreateDirectory(settings.OutFolder).FullName;
        var path = Path.Combine(outFolder, "report.html");
        await File.WriteAllTextAsync(path, ReportPage.Render(report));
        var figures = Figures.Of(state.Campaign.Settings, report.Progress, run, seconds, path);
        var summary = Path.Combine(outFolder, "summary.json");
        await File.WriteAllTextAsync(summary + ".part", JsonSerializer.Serialize(figures, SummaryJson.Options));
        File.Move(summary + ".part", summary, overwrite: true);
        foreach (var line in SummaryText.Lines(figures, report)) console.Say(line);
    }

    private async Task StayAsync(LocalHost host, Run run, CancellationToken cancellation)
    {
        console.Say($"Type a message to the base and the tuned model:  {host.OwnerPage($"run?id={run.Id}")}");
        console.Say("The server stays up; Ctrl-C ends it.");
        await WaitAsync(cancellation);
    }

    private async Task<int> ServeAsync(LocalHost host, LoopRecord record, CancellationToken cancellation)
    {
        var runner = new LoopRunner(host, console);
        await runner.PrepareAsync(record, cancellation);
        if (record.SimulationStarted) await runner.StartSimulationAsync(record, cancellation);
        console.Say($"Rank at:  {await runner.PersonLinkAsync(record, cancellation)}");
        console.Say($"From {CampaignPlans.For(record).MinimumPairs} pairs on, train on request at the campaign's page:  {host.OwnerPage($"campaign?id={record.Campaign}")}");
        console.Say($"The server stays up; Ctrl-C ends it, and this goes on: {hints.Resume()}");
        await runner.SayTroubleAsync(record, console.Say, cancellation);
        return 0;
    }

    private static async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }

    private void SayEarlier(LoopRecords records)
    {
        var earlier = records.List();
        if (earlier.Count > 0)
            console.Say($"Kept from before: {string.Join(", ", earlier.Select(r => $"{r.Campaign} ({(r.Finished ? "finished" : "not finished")})"))}");
    }

    /// <summary>Two loops would compete for two cores, so the older waits.</summary>
    private async Task SetAsideAsync(LocalHost host, IEnumerable<LoopRecord> unfinished, CampaignId newer, CancellationToken cancellation)
    {
        foreach (var record in unfinished)
        {
            if (await host.Get<CampaignStore>().FindAsync(record.Campaign, cancellation) is not { State: CampaignState.Active }) continue;
            foreach (var run in (await host.Get<RunService>().ListAsync(record.Campaign, cancellation)).Where(r => !r.HasEnded))
                await host.Get<RunService>().CancelAsync(run.Id, cancellation);
            await host.Get<CampaignService>().PauseAsync(record.Campaign, $"Set aside for {newer}.", cancellation);
            console.Say($"{record.Campaign} was not finished; it is set aside. To go on with it later: {hints.Resume(record.Campaign)}");
        }
    }

    private LoopRecord NewRecord(CampaignId id, LoopMode mode, string file, bool isSample, LoopSettings loop) =>
        new(id, mode, file, isSample, loop, TimeProvider.System.GetUtcNow(), settings.Azurite);

    /// <summary>A campaign's name from a file's.</summary>
    internal static string NameOf(string path)
    {
        var name = new string([.. Path.GetFileNameWithoutExtension(path).ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).Trim('-');
        name = name.Length > 30 ? name[..30].Trim('-') : name;
        return name.Length == 0 ? "prompts" : name;
    }
}
