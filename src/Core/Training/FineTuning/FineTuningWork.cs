using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Json;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>A run's record in hand, written under its ETag: of two looks at once, one goes on and the other is told.</summary>
internal sealed class FineTuningWork
{
    private readonly IBlobStore blobs;
    private string etag;

    private FineTuningWork(IBlobStore blobs, FineTuningRecord record, string etag, CampaignSettings settings)
    {
        this.blobs = blobs;
        this.etag = etag;
        Record = record;
        Settings = settings;
    }

    public FineTuningRecord Record { get; private set; }

    public CampaignSettings Settings { get; }

    public FineTuningSettings Tuning => Settings.FineTuning ?? new();

    /// <summary>Null where the run has none yet.</summary>
    public static async Task<FineTuningWork?> OpenAsync(IBlobStore blobs, RunId run, CampaignSettings settings, CancellationToken cancellation)
    {
        await using var content = await blobs.OpenReadAsync(FineTuningRecord.PathOf(run), cancellation);
        if (content is null) return null;
        return new(blobs, (await JsonSerializer.DeserializeAsync<FineTuningRecord>(content.Stream, RlhfJson.Options, cancellation))!, content.ETag, settings);
    }

    /// <exception cref="RlhfException"><c>fine-tuning-taken</c>, transient: another look at the run is at work.</exception>
    public async Task SaveAsync(FineTuningRecord record, CancellationToken cancellation)
    {
        if (record == Record) return;
        etag = await blobs.WriteJsonAsync(FineTuningRecord.PathOf(record.Run), record, WriteCondition.Matches(etag), cancellation) ?? throw Taken(record.Run);
        Record = record;
    }

    private static RlhfException Taken(RunId run) => new(TakenCode, $"Another look at the fine-tuning of '{run}' is at work.", "Nothing: it goes on.", 409) { IsTransient = true };

    public const string TakenCode = "fine-tuning-taken";
}
