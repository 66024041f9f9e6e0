using Rlhf.Storage;
using Rlhf.Trainer.Safetensors;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Checkpoints of a run: tensors in <c>checkpoints/&lt;stage&gt;-&lt;step&gt;.safetensors</c>, and <c>checkpoints/&lt;stage&gt;.json</c>, which names the one that counts.</summary>
/// <remarks>The tensors are written first and named last, so that a job killed in between goes on from the checkpoint before.</remarks>
internal sealed class CheckpointStore(IBlobStore blobs, string output)
{
    private sealed record Pointer(int Step, string Tensors, IReadOnlyDictionary<string, double> Numbers);

    /// <summary>The stage's newest checkpoint; the caller disposes it.</summary>
    public async Task<TrainingState?> ReadAsync(TrainingStage stage, CancellationToken cancellation)
    {
        if (await blobs.ReadJsonAsync<Pointer>(PointerPath(stage), cancellation) is not { } pointer) return null;
        using var folder = Scratch.NewFolder("checkpoint");
        var file = folder.File("tensors");
        await using var content = await blobs.OpenReadAsync(pointer.Tensors, cancellation)
            ?? throw new RlhfException("checkpoint-missing", $"'{pointer.Tensors}' is named by '{PointerPath(stage)}' but is not there.",
                $"Delete '{PointerPath(stage)}' to begin the stage anew.", 404);
        await using (var target = File.Create(file)) await content.Stream.CopyToAsync(target, cancellation);
        return new(pointer.Step, SafetensorsFile.Read(file), pointer.Numbers);
    }

    public async Task WriteAsync(TrainingStage stage, TrainingState state, CancellationToken cancellation)
    {
        using var folder = Scratch.NewFolder("checkpoint");
        var file = folder.File("tensors");
        SafetensorsFile.Write(file, state.Tensors);
        var path = $"{Folder}/{Name(stage)}-{state.Step:D6}.safetensors";
        await using (var content = File.OpenRead(file)) await blobs.WriteAsync(path, content, default, cancellation);
        await blobs.WriteJsonAsync(PointerPath(stage), new Pointer(state.Step, path, state.Numbers), default, cancellation);
        await DeleteAsync(stage, except: path, cancellation);
    }

    /// <summary>A stage that is through needs none of its checkpoints.</summary>
    public async Task ClearAsync(TrainingStage stage, CancellationToken cancellation)
    {
        await blobs.DeleteAsync(PointerPath(stage), null, cancellation);
        await DeleteAsync(stage, except: null, cancellation);
    }

    private string Folder => $"{output}/checkpoints";

    private string PointerPath(TrainingStage stage) => $"{Folder}/{Name(stage)}.json";

    private static string Name(TrainingStage stage) => stage.ToString().ToLowerInvariant();

    private async Task DeleteAsync(TrainingStage stage, string? except, CancellationToken cancellation)
    {
        var old = new List<string>();
        await foreach (var item in blobs.ListAsync($"{Folder}/{Name(stage)}-", cancellation))
        {
            if (item.Path != except) old.Add(item.Path);
        }

        foreach (var path in old) await blobs.DeleteAsync(path, null, cancellation);
    }
}
