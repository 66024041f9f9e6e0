using Azure.Storage.Blobs;
using Rlhf.Campaigns;
using Rlhf.Functions.Inbox;
using Rlhf.Functions.Tests.Hosting;
using Rlhf.Generation;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Functions.Tests.Inbox;

/// <summary>The inbox's functions, called as the host calls them.</summary>
public sealed class InboxFunctionsTests
{
    private static readonly CampaignId Campaign = CampaignId.From("support");

    [Fact]
    public async Task InboxDropped_AFileOfACampaign_IsReadAndSaidWithItsCampaign()
    {
        await using var app = await StartAsync();
        await app.Function<InboxFunctions>().Dropped(File("support/prompts.jsonl"), null!, CancellationToken.None);

        Assert.Equal(2, (await app.Get<PromptStore>().GetHeadAsync(Campaign)).Counts.All);
        Assert.NotNull(await app.Blobs.FindAsync("prompts/done/support/prompts.jsonl"));
        Assert.Contains(app.EndLog(), line => line.EndsWith("[campaign=support]: Read inbox/support/prompts.jsonl: 2 new prompts, 0 known, 0 rejected lines", StringComparison.Ordinal));
    }

    /// <summary>Event Grid tells at least once, and the sweep tells of everything.</summary>
    [Fact]
    public async Task InboxDropped_AfterTheSweepAndTwice_ReadsOnce()
    {
        await using var app = await StartAsync();
        await app.Function<InboxFunctions>().Swept(null!, null!, CancellationToken.None);
        await app.Function<InboxFunctions>().Dropped(File("support/prompts.jsonl"), null!, CancellationToken.None);
        await app.Function<InboxFunctions>().Dropped(File("support/prompts.jsonl"), null!, CancellationToken.None);

        Assert.Equal(2, (await app.Get<PromptStore>().GetHeadAsync(Campaign)).Counts.All);
        Assert.Single(app.EndLog(), line => line.Contains("Read inbox/support/prompts.jsonl", StringComparison.Ordinal));
    }

    private static async Task<AppInProcess> StartAsync()
    {
        var app = new AppInProcess();
        var settings = new CampaignSettings { Id = Campaign, Title = "Support", Generators = [new("base", GeneratorKind.Onnx, "file:base")], Policy = "file:base" };
        await app.Get<CampaignStore>().CreateAsync(new(settings, CampaignState.Active, DateTimeOffset.UnixEpoch));
        await app.Blobs.WriteTextAsync("inbox/support/prompts.jsonl", "\"My router does not work.\"\n\"My order has not arrived.\"\n");
        return app;
    }

    private static BlobClient File(string name) => new(new Uri($"https://rlhf.blob.core.windows.net/inbox/{name}"));
}
