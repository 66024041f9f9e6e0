using Microsoft.Extensions.Time.Testing;
using Rlhf.Storage;
using Rlhf.Trainer.Job;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Job;

public sealed class JobReporterTests : IDisposable
{
    private const int Hour = 3_600;
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Beat_OnAServiceThatCountsAppends_FewAppendsAndEveryPoint()
    {
        var blobs = new CountingBlobs(BlobStores.Open(folder["blobs"]));
        using var reporter = new JobReporter(blobs, await JobAsync(), time, ReportPace.Sparing);

        for (var second = 1; second <= Hour; second++) await BeatAsync(reporter, second);
        await reporter.FlushAsync();

        Assert.Equal(Hour, (await PointsAsync(blobs, parts: 1)).Count);
        Assert.InRange(blobs.Appends["runs/tiny-run1/metrics.jsonl"], 1, (Hour / 30) + 1);
        Assert.InRange(blobs.Appends.Single(a => a.Key.Contains("tensorboard", StringComparison.Ordinal)).Value, 1, (Hour / 30) + 1);
        Assert.InRange(blobs.Writes, Hour / 10, (Hour / 5) + 1);
    }

    [Fact]
    public async Task Beat_ManyPointsAtOnce_AreNotKeptWaiting()
    {
        var blobs = new CountingBlobs(BlobStores.Open(folder["blobs"]));
        using var reporter = new JobReporter(blobs, await JobAsync(), time, ReportPace.Sparing);
        await BeatAsync(reporter, 1);
        for (var step = 2; step <= ReportPace.Sparing.MostPoints + 1; step++) Add(reporter, step);

        await BeatAsync(reporter, ReportPace.Sparing.MostPoints + 2);

        Assert.Equal(2, blobs.Appends["runs/tiny-run1/metrics.jsonl"]);
    }

    [Fact]
    public async Task Beat_OnThisMachine_WritesEachTime()
    {
        var blobs = new CountingBlobs(BlobStores.Open(folder["blobs"]));
        using var reporter = new JobReporter(blobs, await JobAsync(), time, ReportPace.On(blobs));

        for (var second = 1; second <= 10; second++) await BeatAsync(reporter, second);

        Assert.Equal((10, 10), (blobs.Appends["runs/tiny-run1/metrics.jsonl"], blobs.Writes));
    }

    [Fact]
    public async Task Flush_TheBlobTakesNoMoreAppends_GoesOnInTheNextAlsoAfterARestart()
    {
        var blobs = new CountingBlobs(BlobStores.Open(folder["blobs"])) { MostAppends = 3 };
        for (var start = 0; start < 2; start++)
        {
            using var reporter = new JobReporter(blobs, await JobAsync(), time, ReportPace.Lively);
            for (var second = 1; second <= 5; second++) await BeatAsync(reporter, (5 * start) + second);
        }

        var steps = (await PointsAsync(blobs, parts: 4)).Select(p => p.Step);
        Assert.Equal(Enumerable.Range(1, 10), steps);
    }

    private async Task BeatAsync(JobReporter reporter, int step)
    {
        Add(reporter, step);
        await reporter.BeatAsync();
        time.Advance(TimeSpan.FromSeconds(1));
    }

    private static void Add(JobReporter reporter, int step) => reporter.Add(TrainingStage.Ppo, step, new Dictionary<string, double> { ["reward"] = step });

    private static async Task<IReadOnlyList<MetricPoint>> PointsAsync(IBlobStore blobs, int parts)
    {
        var points = new List<MetricPoint>();
        for (var part = 1; part <= parts; part++)
            await foreach (var point in Storage.JsonLines.ReadAsync<MetricPoint>(blobs, RunPaths.Metrics("runs/tiny-run1", part))) points.Add(point);
        return points;
    }

    private static async Task<TrainingJob> JobAsync()
    {
        using var run = await TinyRun.CreateAsync();
        return await run.JobAsync();
    }

    /// <summary>Counts writes, and takes only so many appends a blob, as Azure Storage does.</summary>
    private sealed class CountingBlobs(IBlobStore inner) : IBlobStore
    {
        public Dictionary<string, int> Appends { get; } = [];

        public int Writes { get; private set; }

        public int MostAppends { get; init; } = 50_000;

        public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => inner.FindAsync(path, cancellation);

        public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) => inner.OpenReadAsync(path, cancellation);

        public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
        {
            Writes++;
            return inner.WriteAsync(path, content, condition, cancellation);
        }

        public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
        {
            var isCounted = path.Contains("metrics", StringComparison.Ordinal);
            if (isCounted && Appends.GetValueOrDefault(path) == MostAppends) throw new RlhfException(StorageErrors.AppendsUsedUp, $"'{path}' takes no more.", "Go on in another blob.", 507);
            Appends[path] = Appends.GetValueOrDefault(path) + 1;
            return inner.AppendAsync(path, content, cancellation);
        }

        public IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

        public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default) => inner.DeleteAsync(path, etag, cancellation);
    }
}
