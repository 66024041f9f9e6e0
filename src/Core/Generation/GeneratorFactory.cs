using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Onnx;

namespace Rlhf.Generation;

/// <summary>Opens generators and keeps them open: the same settings give the same one. How answers are sampled and shared out is not part of that.</summary>
public sealed class GeneratorFactory(
    EndpointClients clients, ModelCache models, GeneratorPlaces places, TimeProvider time, ILoggerFactory loggers) : IGeneratorFactory, IAsyncDisposable
{
    private readonly ConcurrentDictionary<GeneratorSettings, Lazy<Task<IGenerator>>> open = new();

    /// <inheritdoc/>
    public async ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default)
    {
        var key = settings with { Sampling = new(), Share = 1 };
        // Not with the caller's token: the next caller waits for the same opening.
        var opening = open.GetOrAdd(key, k => new(() => OpenNewAsync(k)));
        try
        {
            return await opening.Value.WaitAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What was missing may be there next time.
            open.TryRemove(KeyValuePair.Create(key, opening));
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var opening in open.Values.Where(o => o.IsValueCreated && o.Value.IsCompletedSuccessfully)) await opening.Value.Result.DisposeAsync();
        open.Clear();
    }

    private async Task<IGenerator> OpenNewAsync(GeneratorSettings settings)
    {
        if (settings.Kind != GeneratorKind.Onnx)
            return new ChatClientGenerator(clients.Create(settings), settings, time, loggers.CreateLogger<ChatClientGenerator>(), clients.FindKey(settings));
        var folder = await models.GetFolderAsync(settings.Model);
        CheckSize(settings, Path.Combine(folder, "model.onnx"));
        return OnnxGenerator.Load(settings.Name, folder, places.Onnx);
    }

    private void CheckSize(GeneratorSettings settings, string file)
    {
        // A missing file gets the loader's own error.
        if (!File.Exists(file) || new FileInfo(file).Length is var length && length <= places.InProcessBytes) return;
        throw new RlhfException("model-too-large",
            $"The model '{settings.Model}' of the generator '{settings.Name}' has {length >> 20} MB; up to {places.InProcessBytes >> 20} MB answer within the pipeline's own process.",
            "Put it behind an OpenAI-compatible endpoint (vLLM, Ollama, llama.cpp) and name that, or raise Generators:InProcessMegabytes.");
    }
}

/// <summary>Where generators may run.</summary>
public sealed record GeneratorPlaces
{
    /// <summary>Largest <c>model.onnx</c> that answers within the pipeline's own process.</summary>
    public long InProcessBytes { get; init; } = 200L << 20;

    public OnnxOptions Onnx { get; init; } = new();
}
