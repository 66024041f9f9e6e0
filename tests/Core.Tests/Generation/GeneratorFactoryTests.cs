using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Jobs;
using Rlhf.Generation.Onnx;
using Rlhf.Storage.Files;
using Rlhf.Training.Launching;

namespace Rlhf.Core.Tests.Generation;

public sealed class GeneratorFactoryTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("rlhf-generators-").FullName;
    private readonly FileBlobStore blobs;
    private GeneratorFactory factory;

    public GeneratorFactoryTests()
    {
        blobs = new(Path.Combine(folder, "blobs"));
        factory = Create(new());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await factory.DisposeAsync();
        blobs.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Open_SameSettingsTwice_IsOneGeneratorWhateverItsSampling()
    {
        var settings = new GeneratorSettings("local", GeneratorKind.OpenAI, "m", new Uri("http://127.0.0.1:1/v1"));

        var first = await factory.OpenAsync(settings, Cancellation);
        var again = await factory.OpenAsync(settings with { Share = 3, Sampling = new(MaximumTokens: 5) }, Cancellation);
        var other = await factory.OpenAsync(settings with { Model = "other" }, Cancellation);

        Assert.Same(first, again);
        Assert.NotSame(first, other);
    }

    [Fact]
    public async Task Open_MissingModel_NamesItAndIsTriedAgain()
    {
        var model = Path.Combine(folder, "nowhere");
        var settings = new GeneratorSettings("base", GeneratorKind.Onnx, ModelCache.FilePrefix + model);

        var error = await Assert.ThrowsAsync<RlhfException>(async () => await factory.OpenAsync(settings, Cancellation));
        Assert.Equal("model-missing", error.Code);
        Assert.Contains(model, error.Message, StringComparison.Ordinal);

        Directory.CreateDirectory(model);
        await File.WriteAllTextAsync(Path.Combine(model, "model.onnx"), "no graph", Cancellation);
        Assert.Equal("model-damaged", (await Assert.ThrowsAsync<RlhfException>(async () => await factory.OpenAsync(settings, Cancellation))).Code);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.safetensors")]
    public async Task Place_ModelAboveTheBound_IsAJobAndItIsNotBroughtHere(string file)
    {
        await factory.DisposeAsync();
        factory = Create(new() { InProcessBytes = 1 << 20 });
        using var content = new MemoryStream(new byte[3 << 20]);
        await blobs.WriteAsync($"models/large/{file}", content, default, Cancellation);
        var settings = new GeneratorSettings("large", GeneratorKind.Onnx, "models/large");

        Assert.Equal(GeneratorPlace.Job, await factory.PlaceAsync(settings, Cancellation));
        Assert.Equal("large", (await factory.OpenAsync(settings, Cancellation)).Name);
        Assert.Equal(GeneratorPlace.Job, await factory.PlaceAsync(settings, Cancellation));
        Assert.False(Directory.Exists(Path.Combine(folder, "models")));
    }

    [Fact]
    public void Places_FromConfiguration_TakesMegabytesAndNamesAWrongValue()
    {
        static GeneratorPlaces From(string? value) =>
            GeneratorPlaces.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["RLHF_IN_PROCESS_MEGABYTES"] = value }).Build());

        Assert.Equal((200L << 20, 3L << 20), (From(null).InProcessBytes, From("3").InProcessBytes));
        foreach (var wrong in (string[])["-1", "0", "many"]) Assert.Contains($"'{wrong}'", Assert.Throws<RlhfException>(() => From(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_OfAnEndpoint_IsTheEndpoint() => Assert.Equal(
        GeneratorPlace.Endpoint, await factory.PlaceAsync(new("local", GeneratorKind.OpenAI, "m", new Uri("http://127.0.0.1:1/v1")), Cancellation));

    private GeneratorFactory Create(GeneratorPlaces places) => new(
        new EndpointClients(new ConfigurationBuilder().Build()), new ModelCache(blobs, Path.Combine(folder, "models")), places, Jobs(), TimeProvider.System, NullLoggerFactory.Instance);

    /// <summary>Opening a generator asks for nothing, so neither rows nor a launcher are needed.</summary>
    private AnswerJobs Jobs() => new(blobs, null!, null!, new(blobs, new(), TimeProvider.System, NullLogger<JobFollower>.Instance), new(), TimeProvider.System);
}
