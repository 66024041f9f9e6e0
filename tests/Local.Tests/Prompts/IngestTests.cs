using System.Text;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Prompts;

public sealed class IngestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Sweep_PartlyBadFile_KeepsGoodLinesAndNamesBadOnes()
    {
        await using var host = await StartAsync();
        await DropAsync(host, "mixed.jsonl", "\"One\"\n{broken\n\n{\"prompt\":\"Two\"}\n{\"question\":\"Three\"}\n\"One\"\n");
        var report = Assert.Single(await SweepAsync(host));
        Assert.Equal((2, 1, 2), (report.Accepted, report.Duplicates, report.Rejected));
        Assert.Equal("prompts/done/support/mixed.jsonl", report.MovedTo);
        var errors = await host.Blobs.ReadJsonAsync<List<LineError>>("prompts/rejected/support/mixed.jsonl.errors.json");
        Assert.Equal([(2L, "invalid-json"), (5L, "no-prompt")], errors!.Select(e => (e.Line, e.Code)));
        Assert.Empty(await host.Blobs.ListAsync("inbox/").ToListAsync());
    }

    [Theory]
    [InlineData("empty.jsonl", "", "empty-file")]
    [InlineData("blank.txt", "\n \n\n", "empty-file")]
    [InlineData("binary.txt", "a\0b", "binary-file")]
    [InlineData("notes.docx", "text", "unknown-format")]
    [InlineData("table.csv", "name,city\nAda,London\n", "no-prompt-column")]
    [InlineData("broken.parquet", "PAR1 but no more", "damaged-file")]
    public async Task Sweep_UnreadableFile_IsRejectedWithTheReason(string name, string content, string code)
    {
        await using var host = await StartAsync();
        await DropAsync(host, name, content);
        var report = Assert.Single(await SweepAsync(host));
        Assert.Equal((0, $"prompts/rejected/support/{name}"), (report.Accepted, report.MovedTo));
        var errors = await host.Blobs.ReadJsonAsync<List<LineError>>($"prompts/rejected/support/{name}.errors.json");
        Assert.Equal(code, Assert.Single(errors!).Code);
    }

    [Fact]
    public async Task Sweep_FileForNoCampaign_IsRejectedAndOthersAreRead()
    {
        await using var host = await StartAsync();
        await DropAsync(host, "a.txt", "Hello", "nobody");
        await DropAsync(host, "b.txt", "Hello");
        var reports = await SweepAsync(host);
        Assert.Equal(["campaign-not-found"], reports.SelectMany(r => r.Errors).Select(e => e.Code));
        Assert.Equal(1, reports.Sum(r => r.Accepted));
    }

    [Fact]
    public async Task Sweep_TheSameFileTwice_AddsNothing()
    {
        await using var host = await StartAsync();
        await DropAsync(host, "a.txt", "One\nTwo\n");
        await SweepAsync(host);
        await DropAsync(host, "a.txt", "One\nTwo\n");
        var report = Assert.Single(await SweepAsync(host));
        Assert.Equal((0, 2), (report.Accepted, report.Duplicates));
        Assert.Equal(2, (await host.Get<PromptStore>().GetHeadAsync(PipelineHost.Campaign)).Counts.All);
    }

    [Fact]
    public async Task Sweep_StorageFailsMidway_GoesOnAtItsPageAndLosesNothing()
    {
        await using var host = await StartAsync();
        await DropAsync(host, "many.txt", string.Join('\n', Enumerable.Range(1, 500).Select(i => $"Question {i}")));
        host.Tables.Faults.Every = 23;
        var failed = 0;
        while ((await host.Blobs.ListAsync("inbox/").ToListAsync()).Count > 0)
        {
            Assert.InRange(failed++, 0, 200);
            await host.Get<InboxSweeper>().SweepAsync();
        }
        host.Tables.Faults.Every = 0;
        Assert.True(failed > 1);
        var prompts = await host.Get<PromptStore>().ReadAllAsync(PipelineHost.Campaign).ToListAsync();
        Assert.Equal(500, prompts.Count);
        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"Question {i}"), prompts.Select(p => p.Messages[0].Content));
        Assert.False(await host.Get<IngestLog>().IsReadingAsync(PipelineHost.Campaign));
    }

    [Fact]
    public async Task AddAsync_PageThatIsThereAlready_IsKnownAfterThreeReads()
    {
        await using var host = await StartAsync();
        var page = Drafts(1, PromptStore.PageSize);
        await AddAsync(host, page);
        host.Tables.Faults.Once(4, isDone: false);
        var again = await AddAsync(host, page);
        Assert.Equal((0, PromptStore.PageSize), (again.Accepted, again.Duplicates));
    }

    [Fact]
    public async Task AddAsync_PageKnownInParts_TakesWhatIsNew()
    {
        await using var host = await StartAsync();
        await AddAsync(host, Drafts(1, 10));
        await AddAsync(host, Drafts(11, 10));
        var mixed = await AddAsync(host, [.. Drafts(21, 5), .. Drafts(8, 6), .. Drafts(30, 5)]);
        Assert.Equal((10, 6), (mixed.Accepted, mixed.Duplicates));
        Assert.Equal(30, (await host.Get<PromptStore>().GetHeadAsync(PipelineHost.Campaign)).Counts.All);
    }

    [Fact]
    public async Task AddPrompts_SameNameAsBefore_BothFilesAreKept()
    {
        await using var host = await StartAsync();
        var service = host.Get<CampaignService>();
        var first = await service.AddPromptsAsync(PipelineHost.Campaign, Text("One"), "../../a.txt");
        var second = await service.AddPromptsAsync(PipelineHost.Campaign, Text("Two"), "a.txt");
        Assert.Equal((1, 1), (first.Accepted, second.Accepted));
        Assert.Equal("prompts/done/support/a.txt", first.MovedTo);
        Assert.NotEqual(first.MovedTo, second.MovedTo);
        Assert.Equal("Two", await host.Blobs.ReadTextAsync(second.MovedTo!));
    }

    [Fact]
    public async Task AddPrompts_CancelledCampaign_IsRefused()
    {
        await using var host = await StartAsync();
        await host.Get<CampaignService>().CancelAsync(PipelineHost.Campaign, "Over.");
        await Assert.ThrowsAsync<IllegalTransitionException>(() => host.Get<CampaignService>().AddPromptsAsync(PipelineHost.Campaign, Text("One"), "a.txt"));
    }

    [Fact]
    public async Task Sweep_PageStoredByAReadingThatDied_CompletedCampaignRunsAgain()
    {
        await using var host = await StartAsync();
        await host.Get<PromptStore>().AddAsync(PipelineHost.Campaign, PipelineHost.Settings.Split, [new(1, new([new(MessageRole.User, "One")]), null)]);
        await host.Get<CampaignStore>().UpdateAsync(PipelineHost.Campaign, c => c with { State = CampaignState.Completed });
        await DropAsync(host, "late.jsonl", "\"One\"\n");
        Assert.Equal((0, 1), Assert.Single(await SweepAsync(host)) is var report ? (report.Accepted, report.Duplicates) : default);
        Assert.Equal(CampaignState.Active, (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State);
    }

    [Fact]
    public async Task Groups_ShareASplitAndAContradictionIsNamed()
    {
        await using var host = await StartAsync();
        await DropAsync(host, "groups.jsonl", """
            {"prompt":"One","group":"lamp","split":"test"}
            {"prompt":"Two","group":"lamp"}
            {"prompt":"Three","group":"lamp","split":"train"}
            """);
        var report = Assert.Single(await SweepAsync(host));
        Assert.Equal([(3L, "split-conflict")], report.Errors.Select(e => (e.Line, e.Code)));
        Assert.Equal([Split.Test, Split.Test], await host.Get<PromptStore>().ReadAllAsync(PipelineHost.Campaign).Select(p => p.Split).ToListAsync());
    }

    [Fact]
    public async Task Take_WithCursor_ReadsEveryPromptOnceAcrossPages()
    {
        await using var host = await StartAsync();
        await DropAsync(host, "many.txt", string.Join('\n', Enumerable.Range(1, 130).Select(i => $"Question {i}")));
        await SweepAsync(host);
        var store = host.Get<PromptStore>();
        var (cursor, read) = (new PromptCursor(), new List<string>());
        while (await store.TakeAsync(PipelineHost.Campaign, cursor, 25) is { Count: > 0 } take)
        {
            read.AddRange((await store.ReadAsync(take.Slices)).Select(p => p.Messages[0].Content));
            cursor = take.Next;
        }
        Assert.Equal(Enumerable.Range(1, 130).Select(i => $"Question {i}"), read);
    }

    /// <summary>Paused, so that nothing is generated meanwhile.</summary>
    private async Task<PipelineHost> StartAsync()
    {
        var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync();
        await host.Get<CampaignService>().PauseAsync(PipelineHost.Campaign, "Only reading.");
        return host;
    }

    private static async Task DropAsync(PipelineHost host, string name, string content, string campaign = "support")
    {
        var path = Path.Combine(host.BlobFolder, "inbox", campaign);
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, name), content);
    }

    private static Task<IReadOnlyList<IngestReport>> SweepAsync(PipelineHost host) => host.Get<InboxSweeper>().SweepAsync();

    private static List<PromptLine> Drafts(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new PromptLine(i, new([new(MessageRole.User, $"Question {i}")]), null))];

    private static Task<PageResult> AddAsync(PipelineHost host, IReadOnlyList<PromptLine> drafts) =>
        host.Get<PromptStore>().AddAsync(PipelineHost.Campaign, PipelineHost.Settings.Split, drafts);

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));
}
