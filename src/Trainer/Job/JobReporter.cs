using System.Text;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Writes <c>status.json</c>, <c>metrics.jsonl</c>, <c>log.txt</c> and TensorBoard events as the job goes. Reports are kept in memory and flushed together.</summary>
internal sealed class JobReporter(IBlobStore blobs, TrainingJob job, TimeProvider time, ReportPace pace) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly string eventsPath = $"{job.Output}/tensorboard/events.out.tfevents.{time.GetUtcNow().ToUnixTimeSeconds()}.{Environment.MachineName}.{Environment.ProcessId}";
    private readonly List<MetricPoint> points = [];
    private readonly StringBuilder lines = new();
    private bool eventsBegun;
    private int metricsPart = 1;
    private DateTimeOffset statusWritten = DateTimeOffset.MinValue;
    private DateTimeOffset curvesWritten = DateTimeOffset.MinValue;
    private RunStatus status = new(job.Run, RunState.Running, time.GetUtcNow(), time.GetUtcNow());

    public RunStatus Status
    {
        get
        {
            lock (gate) return status;
        }
    }

    public void Update(Func<RunStatus, RunStatus> change)
    {
        lock (gate) status = change(status) with { UpdatedAt = time.GetUtcNow() };
    }

    /// <summary>Values that are no numbers (an accuracy over no pairs) are left out.</summary>
    public void Add(TrainingStage stage, int step, IReadOnlyDictionary<string, double> values)
    {
        var finite = values.Where(value => double.IsFinite(value.Value)).ToDictionary();
        lock (gate) points.Add(new(stage, step, time.GetUtcNow(), finite));
    }

    /// <summary>A line for <c>log.txt</c>, which is there for people whose launcher shows no log.</summary>
    public void Say(string line)
    {
        lock (gate) lines.Append($"{time.GetUtcNow():yyyy-MM-dd HH:mm:ss} {line}\n");
    }

    /// <summary>Writes what has come since the last time, and the status even where nothing has: it shows that the job lives.</summary>
    public Task FlushAsync(CancellationToken cancellation = default) => FlushAsync(isStatusDue: true, isCurvesDue: true, cancellation);

    /// <summary>The same where it is due; may be called as often as one likes.</summary>
    public Task BeatAsync(CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        bool isCurvesDue, isStatusDue;
        lock (gate)
        {
            isCurvesDue = now - curvesWritten >= pace.Curves || points.Count >= pace.MostPoints;
            isStatusDue = now - statusWritten >= pace.Status;
        }
        return isCurvesDue || isStatusDue ? FlushAsync(isStatusDue, isCurvesDue, cancellation) : Task.CompletedTask;
    }

    public void Dispose() => writing.Dispose();

    private async Task FlushAsync(bool isStatusDue, bool isCurvesDue, CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            if (isCurvesDue) await KeepPointsAsync(cancellation);
            if (isStatusDue) await WriteStatusAsync(cancellation);
            await AppendLinesAsync(cancellation);
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task WriteStatusAsync(CancellationToken cancellation)
    {
        lock (gate) status = status with { UpdatedAt = time.GetUtcNow() };
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(Status, RlhfJson.Indented));
        await blobs.WriteAsync($"{job.Output}/status.json", content, default, cancellation);
        lock (gate) statusWritten = time.GetUtcNow();
    }

    /// <summary>What could not be written waits for the next flush.</summary>
    private async Task AppendLinesAsync(CancellationToken cancellation)
    {
        string waiting;
        lock (gate) waiting = lines.ToString();
        if (waiting.Length == 0) return;
        await blobs.AppendAsync($"{job.Output}/log.txt", Encoding.UTF8.GetBytes(waiting), cancellation);
        lock (gate) lines.Remove(0, waiting.Length);
    }

    /// <summary>What could not be written waits for the next flush; a point that is written twice counts once.</summary>
    private async Task KeepPointsAsync(CancellationToken cancellation)
    {
        List<MetricPoint> waiting;
        lock (gate)
        {
            waiting = [.. points];
            points.Clear();
        }

        if (waiting.Count == 0) return;
        try
        {
            await AppendAsync(waiting, cancellation);
            lock (gate) curvesWritten = time.GetUtcNow();
        }
        catch
        {
            lock (gate) points.InsertRange(0, waiting);
            throw;
        }
    }

    private async Task AppendAsync(List<MetricPoint> waiting, CancellationToken cancellation)
    {
        var lines = string.Concat(waiting.Select(point => JsonSerializer.Serialize(point, RlhfJson.Options) + "\n"));
        await AppendMetricsAsync(Encoding.UTF8.GetBytes(lines), cancellation);
        var records = waiting.Select(point => TensorBoardEvents.Scalars(
            point.At, point.Step, point.Values.Select(value => KeyValuePair.Create($"{point.Stage.ToString().ToLowerInvariant()}/{value.Key}", value.Value))));
        byte[] events = [.. eventsBegun ? [] : TensorBoardEvents.Header(waiting[0].At), .. records.SelectMany(record => record)];
        eventsBegun = true;
        await blobs.AppendAsync(eventsPath, events, cancellation);
    }

    /// <summary>A run that was started again often enough may have used up a blob's appends: then it goes on in the next.</summary>
    private async Task AppendMetricsAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellation)
    {
        for (; ; metricsPart++)
        {
            try
            {
                await blobs.AppendAsync(RunPaths.Metrics(job.Output, metricsPart), lines, cancellation);
                return;
            }
            catch (RlhfException e) when (e.Code == StorageErrors.AppendsUsedUp)
            {
            }
        }
    }
}
