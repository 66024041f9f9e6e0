using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Server;
using Rlhf.Local.Tests.LabelStudio;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Web.Contracts;

namespace Rlhf.Functions.Tests.Host;

/// <summary>Data in and out of a running host, and a campaign that is labeled in a Label Studio server beside it.</summary>
public sealed class DataTests
{
    private const int Pairs = 40;

    [HostFact]
    public async Task Formats_OutAndInAgain_AreTheSamePairs()
    {
        using var owner = RunningHost.Owner();
        var source = await CreateAsync(owner);
        Assert.Equal(Pairs, (await ImportAsync(owner, source, "pairs.jsonl", new StringContent(Lines()), "&kind=person")).Accepted);
        foreach (var format in (await owner.GetAsync<FormatListResponse>("api/formats")).Exports)
        {
            var splits = format.HoldsSplit ? [""] : (string[])["&split=train", "&split=test"];
            var target = await CreateAsync(owner);
            var accepted = 0;
            foreach (var split in splits)
            {
                using var export = await owner.GetAsync($"api/campaigns/{source}/export?format={format.Name}{split}", HttpCompletionOption.ResponseHeadersRead);
                Assert.True(export.StatusCode == HttpStatusCode.OK, $"{format.Name}: {await export.Content.ReadAsStringAsync()}");
                // What trains a model to imitate is no judgement, and does not come in.
                if (format.Name == "sft") Assert.Equal(Pairs, (await export.Content.ReadAsStringAsync()).TrimEnd().Split('\n').Length);
                else accepted += (await ImportAsync(owner, target, $"data{format.Extension}", new StreamContent(await export.Content.ReadAsStreamAsync()), "&kind=person" + split)).Accepted;
            }
            Assert.Equal(format.Name == "sft" ? 0 : Pairs, accepted);
            await AssertArchiveAsync(owner, source, format.Name);
        }
    }

    /// <remarks>The host needs <c>RLHF_LABEL_STUDIO_TOKEN</c> as <see cref="LabelStudioServer.Token"/> says.</remarks>
    [HostFact(AppSettings.LabelStudioWebhookSecret)]
    public async Task LabelStudio_ItsWebhookTells_TheBatchEndsWithItsPairs()
    {
        await using var server = await LabelStudioServer.StartAsync();
        using var owner = RunningHost.Owner();
        var campaign = await CreateAsync(owner, request => request with { LabelStudio = new(server.Address, LabelStudioServer.Project) { PollEvery = TimeSpan.FromSeconds(5) } });
        await BlobStores.Open(RunningHost.Storage).WriteTextAsync($"inbox/{campaign}/drop.jsonl", string.Join('\n', File.ReadLines(Repository.File("samples", "support-prompts.jsonl")).Take(4)));
        var tasks = await Eventually.GetAsync(async () => server.Tasks is { Count: > 0 } all && all.Count == (await ReadAsync(owner, campaign)).Comparisons ? all : null, "the comparisons are tasks there");
        using var refused = await TellAsync(campaign, new() { ["action"] = "ANNOTATION_CREATED" }, "another-secret-of-that-length");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        foreach (var task in tasks)
        {
            using var told = await TellAsync(campaign, LabelStudioServer.Message("ANNOTATION_CREATED", server.Annotate(task["id"]!.GetValue<long>(), user: 1, "left")), Secret);
            Assert.Equal(HttpStatusCode.Accepted, told.StatusCode);
        }

        var progress = await Eventually.GetAsync(async () => await ReadAsync(owner, campaign) is { Open: 0, Pairs: > 0 } ended ? ended : null, "the batch's pairs");
        Assert.Equal((tasks.Count, tasks.Count), (progress.Rankings[AnnotatorKind.Person], progress.Pairs));
    }

    private static string Secret => Environment.GetEnvironmentVariable(AppSettings.LabelStudioWebhookSecret)!;

    private static string Lines() => string.Join('\n', Enumerable.Range(0, Pairs).Select(i =>
        $$"""{"prompt": "Question {{i}}?", "chosen": "=yes, \"{{i}}\"\nand more", "rejected": "no {{i}}", "split": "{{(i % 4 == 0 ? "test" : "train")}}"}"""));

    private static async Task<CampaignId> CreateAsync(HttpClient owner, Func<CampaignRequest, CampaignRequest>? change = null)
    {
        var request = new CampaignRequest("Data", CampaignId.From($"data-{Guid.NewGuid().ToString("n")[..8]}"), TrainOn: [AnnotatorKind.Person]) { Sharing = SharingSettings.None, Checks = CheckSettings.None };
        return (await owner.PostAsync<CampaignView>("api/campaigns", change?.Invoke(request) ?? request)).Id;
    }

    private static async Task<IngestReport> ImportAsync(HttpClient owner, CampaignId campaign, string name, HttpContent content, string query)
    {
        content.Headers.ContentType = new("application/octet-stream");
        using var response = await owner.PostAsync($"api/campaigns/{campaign}/import?name={name}{query}", content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var report = (await response.Content.ReadFromJsonAsync<IngestReport>(Json.RlhfJson.Options))!;
        Assert.Empty(report.Errors);
        return report;
    }

    private static async Task AssertArchiveAsync(HttpClient owner, CampaignId campaign, string format)
    {
        await using var whole = new MemoryStream(await owner.GetByteArrayAsync(new Uri($"api/campaigns/{campaign}/export?format={format}&as=zip", UriKind.Relative)));
        using var archive = new ZipArchive(whole);
        Assert.Equal(4, archive.Entries.Count);
        Assert.NotNull(archive.GetEntry("card.json"));
    }

    private static async Task<CampaignProgress> ReadAsync(HttpClient owner, CampaignId campaign) => (await owner.GetAsync<CampaignResponse>($"api/campaigns/{campaign}")).Progress;

    private static async Task<HttpResponseMessage> TellAsync(CampaignId campaign, JsonObject message, string secret)
    {
        using var http = new HttpClient { BaseAddress = RunningHost.App };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/campaigns/{campaign}/label-studio/webhook") { Content = JsonContent.Create(message) };
        request.Headers.Add(StudioWebhook.Header, secret);
        return await http.SendAsync(request);
    }
}
