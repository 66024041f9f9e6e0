using System.Text;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Writes <c>status.json</c>, <c>metrics.jsonl</c>, <c>log.txt</c> and TensorBoard events as the job goes. Reports are kept in memory and flushed together; flushing is cheap and may be frequent.</summary>
internal sealed class JobReporter(IBlobStore blobs, TrainingJob job, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly string eventsPath = $"{job.Output}/tensorboard/events.out.tfevents.{time.GetUtcNow().ToUnixTimeSeconds()}.{Environment.MachineName}.{Environment.ProcessId}";
    private readonly List<MetricPoint> points = [];
    private readonly StringBuilder lines = new();
    private bool eventsBegun;
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
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            List<MetricPoint> waiting;
            lock (gate)
            {
                waiting = [.. points];
                points.Clear();
                status = status with { UpdatedAt = time.GetUtcNow() };
            }

            if (waiting.Count > 0) await KeepAsync(waiting, cancellation);
            using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(Status, RlhfJson.Indented));
            await blobs.WriteAsync($"{job.Output}/status.json", content, default, cancellation);
            await AppendLinesAsync(cancellation);
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose() => writing.Dispose();

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
    private async Task KeepAsync(List<MetricPoint> waiting, CancellationToken cancellation)
    {
        try
        {
            await AppendAsync(waiting, cancellation);
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
        await blobs.AppendAsync($"{job.Output}/metrics.jsonl", Encoding.UTF8.GetBytes(lines), cancellation);
        var records = waiting.Select(point => TensorBoardEvents.Scalars(
            point.At, point.Step, point.Values.Select(value => KeyValuePair.Create($"{point.Stage.ToString().ToLowerInvariant()}/{value.Key}", value.Value))));
        byte[] events = [.. eventsBegun ? [] : TensorBoardEvents.Header(waiting[0].At), .. records.SelectMany(record => record)];
        eventsBegun = true;
        await blobs.AppendAsync(eventsPath, events, cancellation);
    }
}
