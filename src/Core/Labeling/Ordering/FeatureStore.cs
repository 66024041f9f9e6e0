using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Storage;

namespace Rlhf.Labeling.Ordering;

/// <summary>Features of a batch's answers: read once with a model, and kept in the blob <c>campaigns/&lt;id&gt;/features/&lt;batch&gt;-&lt;model&gt;.bin</c>, fp32 one answer after the other, NaN where one did not fit the model.</summary>
public sealed class FeatureStore(IBlobStore blobs, ComparisonStore comparisons, ModelCache models, GeneratorPlaces places) : IDisposable
{
    /// <summary>Of the features that are kept in memory, all batches together.</summary>
    public const long MostBytes = 64L << 20;

    private readonly ConcurrentDictionary<string, Lazy<Task<OnnxFeatures>>> open = new();
    private readonly MemoryCache batches = new(new MemoryCacheOptions { SizeLimit = MostBytes, TrackStatistics = true });

    // One batch is computed at a time, so that generation beside it keeps its processors.
    private readonly SemaphoreSlim gate = new(1);

    /// <summary>Each comparison's answers in their order; comparisons of which an answer does not fit the model are left out.</summary>
    /// <param name="model"><c>file:</c> folder or blob prefix.</param>
    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c>, <c>model-without-hidden-states</c>, the tokenizer's, or <c>ordering-model-too-large</c>.</exception>
    public async Task<IReadOnlyDictionary<ComparisonId, IReadOnlyList<float[]>>> ReadAsync(CampaignId campaign, BatchId batch, string model, CancellationToken cancellation = default)
    {
        var path = PathOf(campaign, batch, model);
        if (batches.TryGetValue(path, out IReadOnlyDictionary<ComparisonId, IReadOnlyList<float[]>>? known)) return known!;
        var published = await comparisons.ReadBatchAsync(campaign, batch, cancellation);
        var features = await FindAsync(path, published, cancellation) ?? await ComputeAsync(path, published, model, cancellation);
        return batches.Set(path, Split(published, features), new MemoryCacheEntryOptions { Size = (long)features.Length * sizeof(float) });
    }

    /// <summary>What is in memory now.</summary>
    public long BytesInMemory => batches.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    public void Dispose()
    {
        foreach (var opened in open.Values.Where(o => o is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })) opened.Value.Result.Dispose();
        batches.Dispose();
        gate.Dispose();
    }

    /// <summary>Where a batch's features are.</summary>
    public static string PathOf(CampaignId campaign, BatchId batch, string model) =>
        $"campaigns/{campaign}/features/{batch}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model)))[..12]}.bin";

    private async Task<float[]?> FindAsync(string path, IReadOnlyList<Comparison> published, CancellationToken cancellation)
    {
        await using var content = await blobs.OpenReadAsync(path, cancellation);
        if (content is null) return null;
        var bytes = new byte[content.Length];
        await content.Stream.ReadExactlyAsync(bytes, cancellation);
        var features = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        var answers = published.Sum(c => c.Answers.Count);
        // What does not divide is not what was written, and is made again.
        return answers > 0 && features.Length > 0 && features.Length % answers == 0 ? features : null;
    }

    private async Task<float[]> ComputeAsync(string path, IReadOnlyList<Comparison> published, string model, CancellationToken cancellation)
    {
        var reader = await OpenAsync(model, cancellation);
        var requests = published.SelectMany(c => c.Answers.Select(a => new ScoringRequest(c.Prompt.Messages, a.Text, a.FinishReason == FinishReason.Stop))).ToList();
        var features = new float[requests.Count * reader.Width];
        Array.Fill(features, float.NaN);
        await gate.WaitAsync(cancellation);
        try
        {
            var read = await Task.Run(() => reader.Read(requests, cancellation), cancellation);
            for (var i = 0; i < read.Count; i++) read[i]?.CopyTo(features, i * reader.Width);
        }
        finally
        {
            gate.Release();
        }
        using var stream = new MemoryStream(MemoryMarshal.AsBytes(features.AsSpan()).ToArray());
        await blobs.WriteAsync(path, stream, cancellation: cancellation);
        return features;
    }

    private static Dictionary<ComparisonId, IReadOnlyList<float[]>> Split(IReadOnlyList<Comparison> published, float[] features)
    {
        var width = features.Length / Math.Max(1, published.Sum(c => c.Answers.Count));
        var (all, at) = (new Dictionary<ComparisonId, IReadOnlyList<float[]>>(), 0);
        foreach (var comparison in published)
        {
            var answers = comparison.Answers.Select((_, i) => features.AsSpan(at + (i * width), width).ToArray()).ToList();
            at += answers.Count * width;
            if (!answers.Exists(a => float.IsNaN(a[0]))) all[comparison.Id] = answers;
        }
        return all;
    }

    private async Task<OnnxFeatures> OpenAsync(string model, CancellationToken cancellation)
    {
        var opening = open.GetOrAdd(model, m => new(() => LoadAsync(m)));
        try
        {
            return await opening.Value.WaitAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What was missing may be there next time.
            open.TryRemove(KeyValuePair.Create(model, opening));
            throw;
        }
    }

    private async Task<OnnxFeatures> LoadAsync(string model)
    {
        if (await models.FindSizeAsync(model) is { } size && size > places.InProcessBytes)
            throw new RlhfException("ordering-model-too-large", $"The model '{model}' has {size >> 20} MB; {places.InProcessBytes >> 20} MB is the most in the pipeline's own process.",
                $"Name a smaller one as ordering.model, or raise {AppSettings.InProcessMegabytes}.", 422);
        return OnnxFeatures.Load(await models.GetFolderAsync(model), places.Onnx);
    }
}
