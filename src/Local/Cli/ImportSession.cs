using System.Net.Http.Headers;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Local.Hosting;
using Rlhf.Local.Loop;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Cli;

/// <summary>One <c>import</c>: says what the file brings, then sends it to the host of the data folder, which is started for that where none runs.</summary>
internal sealed class ImportSession(HostSettings settings, FileInfo file, ImportOptions options)
{
    private const int Said = 5;
    private static readonly TimeSpan patience = TimeSpan.FromHours(2);

    public async Task<int> RunAsync(string? campaign, bool onlyCheck, CancellationToken cancellation)
    {
        if (!file.Exists) throw new RlhfException("file-missing", $"There is no file '{file.FullName}'.", "Name a file of preferences (.jsonl, .json, .csv or .parquet).", 404);
        var data = DataFolder.Open(settings.Data);
        var check = await CheckAsync(data, cancellation);
        Say(check);
        if (onlyCheck) return 0;
        if (check.Comparisons == 0) throw new RlhfException("no-labels", $"'{file.Name}' brings no comparison.", "See the lines that are named above.");
        if (check.KindNeeded > 0 && options.Kind is null)
            throw new RlhfException("kind-not-said", $"'{file.Name}' does not say who ranked.", "Say it: --kind person, --kind simulated or --kind llm. It is kept with the rankings.");
        var id = CampaignId.From(campaign ?? LoopSession.NameOf(file.Name));
        try
        {
            await using var host = await LocalHost.StartAsync(data, settings, Console.WriteLine, cancellation);
            await SendAsync(data, host.Address, id, check, cancellation);
            Console.WriteLine($"To train on them, start the server, which prints the campaign's page: {Hints.Resume(id)}");
        }
        catch (RlhfException e) when (e.Code == "already-running" && HostLock.ReadRunning(data) is not null)
        {
            var running = HostLock.ReadRunning(data)!.Address;
            await SendAsync(data, running, id, check, cancellation);
            Console.WriteLine($"Train on them at the campaign's page:  {new Uri(running, $"campaign?id={id}")}#token={OwnerToken.Load(data)}");
        }
        return 0;
    }

    // The port was this command's own.
    private CommandHints Hints => new(settings with { Port = Ports.First });

    private async Task<ImportCheck> CheckAsync(DataFolder data, CancellationToken cancellation)
    {
        await using var storage = await LocalStorage.OpenAsync(data, azurite: false, Console.WriteLine, cancellation);
        await using var services = FormatCommands.Services(data, storage);
        await using var content = file.OpenRead();
        return await services.GetRequiredService<ImportChecker>().CheckAsync(new(), content, options, cancellation);
    }

    private void Say(ImportCheck check)
    {
        Console.WriteLine($"{file.Name} is {check.Title}: {check.Comparisons} comparisons ({string.Join(", ", check.Splits.Select(s => $"{s.Value} {s.Key.ToString().ToLowerInvariant()}"))}), {check.Rejected} lines not usable.");
        foreach (var error in check.Errors.Take(Said)) Console.WriteLine($"  line {error.Line}: {error.Message} {error.Remedy}");
        foreach (var (note, times) in check.Notes) Console.WriteLine($"  not kept, {times} times: {note}");
        foreach (var loss in check.Loses) Console.WriteLine($"  not kept: {loss}");
    }

    private async Task SendAsync(DataFolder data, Uri address, CampaignId id, ImportCheck check, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = patience };
        http.DefaultRequestHeaders.Authorization = new("Bearer", OwnerToken.Load(data));
        if (await EnsureCampaignAsync(http, id, check, cancellation)) Remember(data, id);
        await using var content = file.OpenRead();
        using var body = new StreamContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        var query = $"name={Uri.EscapeDataString(file.Name)}&format={options.Format}&kind={options.Kind}&split={options.Split}";
        var report = await ReadAsync<IngestReport>(await http.PostAsync($"api/campaigns/{id}/import?{query}", body, cancellation), cancellation);
        Console.WriteLine($"{report.Accepted} comparisons imported into {id}, {report.Duplicates} were there already, {report.Rejected} lines not usable.");
        foreach (var warning in report.Imported?.Warnings ?? []) Console.WriteLine($"  {warning}");
    }

    /// <summary>So that <c>campaigns</c> lists it, and <c>serve</c> and <c>resume</c> go on with it.</summary>
    private void Remember(DataFolder data, CampaignId id)
    {
        var records = new LoopRecords(data);
        if (records.Find(id) is null) records.Write(new(id, LoopMode.Serve, file.FullName, false, new(), TimeProvider.System.GetUtcNow(), settings.Azurite, Dropped: true));
    }

    /// <summary>A campaign made for the file trains on the kinds of annotators that the file has.</summary>
    /// <returns>Whether it was made now.</returns>
    private async Task<bool> EnsureCampaignAsync(HttpClient http, CampaignId id, ImportCheck check, CancellationToken cancellation)
    {
        using var found = await http.GetAsync($"api/campaigns/{id}", cancellation);
        if (found.IsSuccessStatusCode) return false;
        IReadOnlyList<AnnotatorKind> kinds = [.. check.Rankings.Keys.Concat(options.Kind is { } kind ? [kind] : (AnnotatorKind[])[]).Distinct()];
        var request = new CampaignRequest(file.Name, id, TrainOn: kinds.Count > 0 ? kinds : null);
        await ReadAsync<CampaignView>(await http.PostAsJsonAsync("api/campaigns", request, RlhfJson.Options, cancellation), cancellation);
        Console.WriteLine($"Made the campaign {id}; it trains on rankings of kind {string.Join(", ", kinds).ToLowerInvariant()}.");
        return true;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellation)
    {
        using (response)
        {
            if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync<T>(RlhfJson.Options, cancellation))!;
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(RlhfJson.Options, cancellation);
            throw new RlhfException(problem.GetProperty("code").GetString()!, problem.GetProperty("detail").GetString()!, problem.GetProperty("remedy").GetString()!);
        }
    }
}
