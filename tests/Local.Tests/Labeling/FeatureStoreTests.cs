using Microsoft.Extensions.DependencyInjection;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Labeling;
using Rlhf.Labeling.Ordering;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Labeling;

public sealed class FeatureStoreTests : IDisposable
{
    private static readonly string Shipped = ModelCache.FilePrefix + Path.Combine(SolutionFolder.Find()!, "models", "support-small");

    private static readonly BatchId Batch = BatchId.For(PipelineHost.Campaign, 1, 1);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Read_ManyAnswers_AreThoseOfEachInOrderAndOnesThatDontFitLeaveTheirComparisonOut()
    {
        await using var host = await HostAsync(new());
        await PublishAsync(host);

        var read = await ReadAsync(host);

        var answers = Assert.Single(read, r => r.Key == new ComparisonId("three")).Value;
        using var alone = OnnxFeatures.Load(Shipped[ModelCache.FilePrefix.Length..]);
        var expected = alone.Read([new([new(MessageRole.User, "My kettle leaks.")], "Thank you."), new([new(MessageRole.User, "My kettle leaks.")], "Go away.")]);
        Assert.Equal(3, answers.Count);
        for (var i = 0; i < 2; i++) Assert.All(expected[i]!.Zip(answers[i]), f => Assert.Equal(f.First, f.Second, 1e-3f));
        Assert.DoesNotContain(new ComparisonId("long"), read.Keys);
    }

    [Fact]
    public async Task Read_ByAnotherProcess_TakesWhatIsStoredAndMakesWhatIsDamagedAnew()
    {
        float[] first;
        await using (var host = await HostAsync(new()))
        {
            await PublishAsync(host);
            first = (await ReadAsync(host))[new("three")][2];
        }
        // The model is not even opened where its features are stored.
        await using (var other = await HostAsync(new() { InProcessBytes = 1 }))
        {
            Assert.Equal(first, (await ReadAsync(other))[new("three")][2]);
            var blob = Assert.Single(await other.Blobs.ListAsync($"campaigns/{PipelineHost.Campaign}/features/").ToListAsync());
            await other.Blobs.WriteTextAsync(blob.Path, "damaged");
        }
        await using var third = await HostAsync(new());
        Assert.Equal(first, (await ReadAsync(third))[new("three")][2]);
    }

    [Fact]
    public async Task Read_ModelTooLargeForTheProcess_SaysWhatToDo()
    {
        await using var host = await HostAsync(new() { InProcessBytes = 1 << 20 });
        await PublishAsync(host);
        var refusal = await Assert.ThrowsAsync<RlhfException>(() => ReadAsync(host));
        Assert.Equal("ordering-model-too-large", refusal.Code);
        Assert.Contains("ordering.model", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ManyWideBatches_StaysWithinItsMemory()
    {
        await using var host = await HostAsync(new());
        // Nine answers of 200,000 numbers: 7 MB a batch, 110 MB together.
        var features = new byte[9 * 200_000 * sizeof(float)];
        for (var number = 1; number <= 16; number++)
        {
            var id = BatchId.For(PipelineHost.Campaign, 1, number);
            await host.Get<ComparisonStore>().PublishAsync(PipelineHost.Campaign, id, [Make($"wide-{number}", [.. Enumerable.Range(0, 9).Select(i => $"answer {i}")]) with { Batch = id }]);
            using var stream = new MemoryStream(features);
            await host.Blobs.WriteAsync(FeatureStore.PathOf(PipelineHost.Campaign, id, Shipped), stream);
            Assert.Equal(9, Assert.Single(await host.Get<FeatureStore>().ReadAsync(PipelineHost.Campaign, id, Shipped)).Value.Count);
            Assert.InRange(host.Get<FeatureStore>().BytesInMemory, 1, FeatureStore.MostBytes);
        }
    }

    private Task<PipelineHost> HostAsync(GeneratorPlaces places) => PipelineHost.StartAsync(folder, replace: (services, host) =>
        services.AddSingleton(new ModelCache(host.Blobs, Path.Combine(host.Folder, "models"))).AddSingleton(places));

    private static Task<IReadOnlyDictionary<ComparisonId, IReadOnlyList<float[]>>> ReadAsync(PipelineHost host) => host.Get<FeatureStore>().ReadAsync(PipelineHost.Campaign, Batch, Shipped);

    private static Task<IReadOnlyList<Comparison>> PublishAsync(PipelineHost host) => host.Get<ComparisonStore>().PublishAsync(
        PipelineHost.Campaign, Batch, [Make("three", "Thank you.", "Go away.", "We will help."), Make("long", "Thank you.", string.Concat(Enumerable.Repeat("kettle ", 600)))]);

    private static Comparison Make(string id, params string[] answers) =>
        new(new(id), Batch, new(new("p"), [new(MessageRole.User, "My kettle leaks.")], Split.Train), [.. answers.Select((text, i) => new Answer($"a{i}", text, "base", FinishReason.Stop, i))], ComparisonKind.Ordinary, 1, 1);
}
