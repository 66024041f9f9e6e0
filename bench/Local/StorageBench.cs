using Rlhf.Local.Storage;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Bench.Local;

/// <summary>Every write here is on the disk (fsync) before it counts.</summary>
internal static class StorageBench
{
    public static async Task RunAsync(string folder)
    {
        using var tables = new SqliteTableStore(Path.Combine(folder, "tables.db"));
        using var blobs = new FileBlobStore(Path.Combine(folder, "blobs"));
        var body = new string('x', 500);
        await Measure.LatencyAsync("row insert, 1 client", 1, 500, i => tables.TryInsertAsync("rankings", "one", $"{i:D6}", body));
        await Measure.LatencyAsync("row insert, 16 clients", 16, 4_000, i => tables.TryInsertAsync("rankings", "many", $"{i:D6}", body));
        await Measure.LatencyAsync("row read", 1, 20_000, i => tables.FindAsync("rankings", "many", $"{i % 4_000:D6}"));
        await Measure.LatencyAsync("range of 16 rows", 1, 5_000, async i =>
        {
            await foreach (var _ in tables.QueryAsync("rankings", "many", $"{i % 3_900:D6}", take: 16)) { }
        });
        await Measure.LatencyAsync("blob write, 2 KB, 1 client", 1, 300, i => blobs.WriteTextAsync($"runs/one/{i}", new string('x', 2_000)));
        await Measure.LatencyAsync("blob write, 2 KB, 8 clients", 8, 800, i => blobs.WriteTextAsync($"runs/many/{i}", new string('x', 2_000)));
        await Measure.LatencyAsync("blob append, 200 bytes", 1, 300, i => blobs.AppendAsync("runs/log", new byte[200]));
        await Measure.LatencyAsync("blob read, 2 KB", 1, 5_000, i => blobs.ReadTextAsync($"runs/one/{i % 300}"));
    }
}
