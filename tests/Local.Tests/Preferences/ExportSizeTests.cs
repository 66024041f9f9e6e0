using System.Diagnostics;
using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Preferences;

/// <summary>A large export streams: what it takes does not grow with it. The bounds are far above what it takes (bench/Local measures that) and far below what an export that collects would.</summary>
[Collection(typeof(Alone))]
public sealed class ExportSizeTests : IDisposable
{
    private const int Batches = 100;
    private const int PairsPerBatch = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Trl_FiftyThousandPairs_AreStreamed()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(PipelineHost.Campaign.Value));
        for (var number = 1; number <= Batches; number++) await FillAsync(host, number);
        // What is compiled once is not counted.
        await WriteAsync(host, Split.Test);

        var (time, growth, written) = await WriteAsync(host, Split.Train);

        Assert.True(written > 100_000_000, $"{written:N0} bytes");
        Assert.True(time < Longest, $"{time}");
        // All pairs at once are more than 200 MB as objects.
        Assert.True(growth < 100_000_000, $"{growth:N0} bytes more in memory while writing");
    }

    private static async Task<(TimeSpan Time, long Growth, long Written)> WriteAsync(PipelineHost host, Split split)
    {
        await using var output = new Watched();
        var clock = Stopwatch.StartNew();
        await (await host.Get<Exporter>().OpenAsync(PipelineHost.Campaign, "trl", split)).WriteAsync(output);
        return (clock.Elapsed, output.Growth, output.Written);
    }

    private static async Task FillAsync(PipelineHost host, int number)
    {
        var id = BatchId.For(PipelineHost.Campaign, 1, number);
        var pairs = Enumerable.Range(0, PairsPerBatch).Select(i => Pair(number, i)).ToList();
        var batch = new Batch(id, PipelineHost.Campaign, 1, ComparisonKind.Ordinary, BatchState.Done, [], new(), DateTimeOffset.UnixEpoch, Comparisons: pairs.Count, Pairs: new(1, "hash", pairs.Count, pairs.Count, 0, 0, 0));
        await host.Blobs.WriteTextAsync(PairStore.PathOf(batch), string.Concat(pairs.Select(p => JsonSerializer.Serialize(p, RlhfJson.Options) + "\n")));
        await host.Get<BatchStore>().CreateAsync(batch);
    }

    private static PreferencePair Pair(int batch, int number)
    {
        var text = string.Concat(Enumerable.Repeat($"Pair {batch}-{number}. ", 50));
        return new(new($"c{batch}-{number}"), new($"p{batch}-{number}"), [new(MessageRole.User, text)], "Better: " + text, "Worse: " + text, Split.Train, 1, 1, 1, [AnnotatorKind.Person], 1, 1,
            ChosenGenerator: "base", RejectedGenerator: "base", FinishReasons: new(FinishReason.Stop, FinishReason.Stop));
    }

    /// <summary>Counts what is written, and looks now and then at what is alive.</summary>
    private sealed class Watched : Stream
    {
        private const long Look = 10_000_000;

        private readonly long before = GC.GetTotalMemory(forceFullCollection: true);
        private long looked;

        public long Written { get; private set; }

        public long Growth { get; private set; }

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            if (Written - looked < Look) return ValueTask.CompletedTask;
            looked = Written;
            Growth = Math.Max(Growth, GC.GetTotalMemory(forceFullCollection: true) - before);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>Tests that measure: nothing else runs beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
