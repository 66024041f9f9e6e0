using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Prompts;

/// <summary>Event Grid's notification and the sweep's timer come to different instances of the app, which share nothing but storage.</summary>
public sealed class TwoReadersTests : IDisposable
{
    private const string Path = "inbox/support/many.txt";
    private const int Prompts = 200;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Read_ByTwoSweepersAtOnce_IsReportedOnceAndCountedAsNew()
    {
        await using var host = await StartAsync(new(readers: 2));
        var reports = await Task.WhenAll(Sweeper(host).SweepAsync(), Sweeper(host).SweepAsync());

        var report = Assert.Single(reports.SelectMany(r => r));
        Assert.Equal((Prompts, 0, 0, "prompts/done/support/many.txt"), (report.Accepted, report.Duplicates, report.Rejected, report.MovedTo));
        Assert.Equal(Prompts, (await host.Get<PromptStore>().GetHeadAsync(PipelineHost.Campaign)).Counts.All);
        Assert.Equal([report.MovedTo!], await host.Blobs.ListAsync("prompts/done/").Select(b => b.Path).ToListAsync());
        Assert.Empty(await host.Blobs.ListAsync("inbox/").ToListAsync());
        Assert.False(await host.Get<IngestLog>().IsReadingAsync(PipelineHost.Campaign));
    }

    [Fact]
    public async Task Read_ByEventAndSweepAtOnce_LeavesTheReportOfTheOneThatMovedTheFile()
    {
        await using var host = await StartAsync(new(readers: 2));
        var etag = (await host.Blobs.FindAsync(Path))!.ETag;
        await Task.WhenAll(Sweeper(host).IngestAsync(Path), Sweeper(host).SweepAsync());

        var kept = await Sweeper(host).IngestAsync(PipelineHost.Campaign, Path, etag);
        Assert.Equal((Prompts, 0, "prompts/done/support/many.txt"), (kept.Accepted, kept.Duplicates, kept.MovedTo));
    }

    /// <summary>A page may be in the store with nobody left who counted it.</summary>
    [Fact]
    public async Task Read_AfterOneThatDiedBetweenPageAndCount_CountsThePageAsNew()
    {
        await using var host = await StartAsync(new(readers: 1));
        for (var call = 1; (await host.Blobs.ListAsync("inbox/").ToListAsync()).Count > 0; call += 3)
        {
            Assert.InRange(call, 1, 300);
            host.Tables.Faults.Once(call, isDone: true);
            if (await Sweeper(host).SweepAsync() is [var report]) Assert.Equal((Prompts, 0), (report.Accepted, report.Duplicates));
        }
        Assert.Equal(Prompts, (await host.Get<PromptStore>().GetHeadAsync(PipelineHost.Campaign)).Counts.All);
    }

    [Fact]
    public async Task Read_AfterOneThatDiedBetweenCopyAndDelete_KeepsOneCopy()
    {
        await using var host = await StartAsync(new(readers: 1));
        await host.Blobs.WriteTextAsync("prompts/done/support/many.txt", Lines);
        Assert.Equal("prompts/done/support/many.txt", Assert.Single(await Sweeper(host).SweepAsync()).MovedTo);
        Assert.Single(await host.Blobs.ListAsync("prompts/done/").ToListAsync());
    }

    private static string Lines => string.Join('\n', Enumerable.Range(1, Prompts).Select(i => $"Question {i}"));

    /// <summary>One of another process: its turns are its own.</summary>
    private static InboxSweeper Sweeper(PipelineHost host) => new(host.Get<IBlobStore>(), host.Get<PromptIngest>(), host.Get<IngestLog>(), NullLogger<InboxSweeper>.Instance);

    private async Task<PipelineHost> StartAsync(Meeting meeting)
    {
        var host = await PipelineHost.StartAsync(folder, replace: (services, own) => services.AddSingleton<IBlobStore>(new MeetingBlobs(own.Blobs, meeting)));
        await host.CreateAsync();
        await host.Get<CampaignService>().PauseAsync(PipelineHost.Campaign, "Only reading.");
        await host.Blobs.WriteTextAsync(Path, Lines);
        return host;
    }

    /// <summary>Opens when so many readers stand before it.</summary>
    private sealed class Meeting(int readers)
    {
        private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int waiting;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref waiting) >= readers) all.TrySetResult();
            return all.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Nobody begins to read the file before all have it open.</summary>
    private sealed class MeetingBlobs(IBlobStore inner, Meeting meeting) : IBlobStore
    {
        public async Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default)
        {
            var content = await inner.OpenReadAsync(path, cancellation);
            if (path == Path) await meeting.ArriveAsync();
            return content;
        }

        public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => inner.FindAsync(path, cancellation);

        public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default) => inner.WriteAsync(path, content, condition, cancellation);

        public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default) => inner.AppendAsync(path, content, cancellation);

        public IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

        public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default) => inner.DeleteAsync(path, etag, cancellation);
    }
}
