using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Core.Tests.Generation.Onnx;

/// <summary>With the model that ships.</summary>
public sealed class OnnxGeneratorTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(Repository(), "models", "support-small");
    private readonly string folder = Directory.CreateTempSubdirectory("rlhf-core-tests-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Generate_SameSeed_GivesTheSameAnswerInAnyCompany()
    {
        await using var generator = OnnxGenerator.Load("base", Shipped);
        var requests = Enumerable.Range(0, 40).Select(i => Request($"My {(i % 2 == 0 ? "kettle" : "lamp that I have had for years")} is broken.", i)).ToList();

        var together = await generator.GenerateAsync(requests, new SamplingSettings(60));
        var alone = await generator.GenerateAsync([requests[7]], new SamplingSettings(60));

        Assert.Equal(alone[0], together[7]);
        Assert.True(together.Select(outcome => outcome.Text).Distinct().Count() > 30);
        Assert.All(together, outcome => Assert.True(outcome.PromptTokens > 0 && outcome.CompletionTokens > 0));
    }

    [Fact]
    public async Task Generate_FewTokens_SaysThatTheAnswerWasCutOff()
    {
        await using var generator = OnnxGenerator.Load("base", Shipped);

        var outcome = Assert.Single(await generator.GenerateAsync([Request("My kettle leaks.", 1)], new SamplingSettings(3)));

        Assert.Equal((FinishReason.Length, 3), (outcome.FinishReason, outcome.CompletionTokens));
    }

    [Fact]
    public async Task Generate_PromptTooLong_IsAnOutcomeAndTheOthersAreAnswered()
    {
        await using var generator = OnnxGenerator.Load("base", Shipped);

        var outcomes = await generator.GenerateAsync([Request(string.Concat(Enumerable.Repeat("Help! ", 500)), 1), Request("My kettle leaks.", 2)], new SamplingSettings(40));

        Assert.Equal("prompt-too-long", outcomes[0].Failure!.Code);
        Assert.Null(outcomes[0].Text);
        Assert.NotNull(outcomes[1].Text);
    }

    [Fact]
    public async Task Generate_Cancelled_Stops()
    {
        await using var generator = OnnxGenerator.Load("base", Shipped);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync([Request("My kettle leaks.", 1)], new(), stop.Token));
    }

    [Fact]
    public void Load_NoModelFile_NamesItAndTheWayOut()
    {
        var refusal = Assert.Throws<RlhfException>(() => OnnxGenerator.Load("base", folder));

        Assert.Equal("model-missing", refusal.Code);
        Assert.Contains(Path.Combine(folder, "model.onnx"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("export", refusal.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public void Load_ModelFileCutShort_NamesIt(int length)
    {
        var file = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(file, File.ReadAllBytes(Path.Combine(Shipped, "model.onnx"))[..length]);

        var refusal = Assert.Throws<RlhfException>(() => OnnxGenerator.Load("base", folder));

        Assert.Equal("model-damaged", refusal.Code);
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LanguageModelAsRewardModel_IsRefused() =>
        Assert.Equal("model-damaged", Assert.Throws<RlhfException>(() => OnnxRewardModel.Load(Shipped)).Code);

    [Fact]
    public async Task ModelCache_BlobPrefix_IsDownloadedOnceAndAnewWhenItChanges()
    {
        var blobs = BlobStores.Open(Path.Combine(folder, "blobs"));
        await blobs.WriteTextAsync("runs/a/model/config.json", "one");
        var cache = new ModelCache(blobs, Path.Combine(folder, "cache"));

        var first = await cache.GetFolderAsync("runs/a/model");
        Assert.Equal(first, await cache.GetFolderAsync("runs/a/model/"));
        await blobs.WriteTextAsync("runs/a/model/config.json", "two");
        var second = await cache.GetFolderAsync("runs/a/model");

        Assert.Equal(("one", "two"), (File.ReadAllText(Path.Combine(first, "config.json")), File.ReadAllText(Path.Combine(second, "config.json"))));
    }

    [Theory]
    [InlineData("file:/no/such/folder")]
    [InlineData("runs/none/model")]
    public async Task ModelCache_NothingThere_NamesIt(string reference)
    {
        var cache = new ModelCache(BlobStores.Open(Path.Combine(folder, "blobs")), Path.Combine(folder, "cache"));

        var refusal = await Assert.ThrowsAsync<RlhfException>(() => cache.GetFolderAsync(reference));

        Assert.Equal("model-missing", refusal.Code);
        Assert.Contains(reference.Replace("file:", "", StringComparison.Ordinal), refusal.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Request(string text, long seed) => new([new Message(MessageRole.User, text)], seed);

    private static string Repository()
    {
        var found = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(found, "Serverless.sln"))) found = Path.GetDirectoryName(found)!;
        return found;
    }
}
