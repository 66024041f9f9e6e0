using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Jobs;
using Rlhf.Generation.Onnx;

namespace Rlhf.Generation;

/// <summary>Opens generators and keeps them open: the same settings give the same one. How answers are sampled and shared out is not part of that.</summary>
public sealed class GeneratorFactory(
    EndpointClients clients, ModelCache models, GeneratorPlaces places, AnswerJobs jobs, TimeProvider time, ILoggerFactory loggers) : IGeneratorFactory, IAsyncDisposable
{
    private readonly ConcurrentDictionary<GeneratorSettings, Lazy<Task<IGenerator>>> open = new();

    /// <inheritdoc/>
    public async ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default)
    {
        var key = KeyOf(settings);
        // Not with the caller's token: the next caller waits for the same opening.
        var opening = open.GetOrAdd(key, k => new(() => OpenNewAsync(k)));
        try
        {
            var generator = await opening.Value.WaitAsync(cancellation);
            return generator is JobGenerator job ? job.For(settings.Asker) : generator;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What was missing may be there next time.
            open.TryRemove(KeyValuePair.Create(key, opening));
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<GeneratorPlace> PlaceAsync(GeneratorSettings settings, CancellationToken cancellation = default)
    {
        if (settings.Kind != GeneratorKind.Onnx) return GeneratorPlace.Endpoint;
        if (open.TryGetValue(KeyOf(settings), out var opened) && opened is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            return opened.Value.Result is JobGenerator ? GeneratorPlace.Job : GeneratorPlace.InProcess;
        return await models.FindSizeAsync(settings.Model, cancellation) > places.InProcessBytes ? GeneratorPlace.Job : GeneratorPlace.InProcess;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var opening in open.Values.Where(o => o.IsValueCreated && o.Value.IsCompletedSuccessfully)) await opening.Value.Result.DisposeAsync();
        open.Clear();
    }

    private static GeneratorSettings KeyOf(GeneratorSettings settings) => settings with { Sampling = new(), Share = 1, Asker = null };

    private async Task<IGenerator> OpenNewAsync(GeneratorSettings settings)
    {
        if (settings.Kind != GeneratorKind.Onnx)
            return new ChatClientGenerator(clients.Create(settings), settings, time, loggers.CreateLogger<ChatClientGenerator>(), clients.FindKey(settings));
        if (await PlaceAsync(settings) == GeneratorPlace.Job) return new JobGenerator(settings.Name, settings.Model, jobs);
        return OnnxGenerator.Load(settings.Name, await models.GetFolderAsync(settings.Model), places.Onnx);
    }
}

/// <summary>Where generators may run.</summary>
public sealed record GeneratorPlaces
{
    /// <summary>Largest <c>model.onnx</c> that answers within the pipeline's own process; a larger one answers in a job.</summary>
    public long InProcessBytes { get; init; } = 200L << 20;

    public OnnxOptions Onnx { get; init; } = new();

    /// <summary>As the host's configuration sets it.</summary>
    /// <exception cref="RlhfException"><c>invalid-setting</c>.</exception>
    public static GeneratorPlaces From(IConfiguration configuration)
    {
        if (configuration[AppSettings.InProcessMegabytes] is not { Length: > 0 } text) return new();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var megabytes) && megabytes is > 0 and <= 1_000_000) return new() { InProcessBytes = megabytes << 20 };
        throw new RlhfException("invalid-setting", $"{AppSettings.InProcessMegabytes} is '{text}'.", "Set it to a whole number of megabytes, or unset it: 200 then.", 500);
    }
}
