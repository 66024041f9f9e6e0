using Rlhf.Storage;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Native;
using Rlhf.Trainer.Onnx;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Job;

/// <summary><c>rlhf-trainer doctor</c>: whether this image or machine can train. One line a check; the exit status says whether all passed.</summary>
public static class DoctorCommand
{
    public static async Task<int> RunAsync(TextWriter output)
    {
        var failures = 0;
        foreach (var (name, check) in Checks())
        {
            try
            {
                await output.WriteLineAsync($"ok    {name}: {await check()}");
            }
            catch (Exception e)
            {
                failures++;
                await output.WriteLineAsync($"FAIL  {name}: {e.Message}{(e is RlhfException known ? " " + known.Remedy : "")}");
            }
        }

        return failures == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static IEnumerable<(string Name, Func<Task<string>> Check)> Checks()
    {
        yield return ("torch", () => Task.FromResult(Torch()));
        yield return ("onnx export", () => Task.FromResult(Export()));
        yield return ("threads", () => Task.FromResult(
            $"{get_num_threads()} for torch, GOMP_SPINCOUNT={Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") ?? "not set, slow beside other processes"}"));
        yield return ("storage", StorageAsync);
    }

    private static string Torch()
    {
        using var scope = NewDisposeScope();
        var weight = ones(2, 2, requires_grad: true);
        nn.functional.linear(ones(1, 2), weight).sum().backward();
        if (weight.grad is null || weight.grad.sum().item<float>() != 4) throw new InvalidOperationException("a gradient came out wrong");
        return $"computes and differentiates on {TorchDevice.Name}";
    }

    private static string Export()
    {
        using var model = new Gpt2Model(new() { VocabularySize = 32, ContextLength = 32, Width = 32, LayerCount = 1, HeadCount = 2 });
        return $"a small model of {OnnxExport.CheckedLanguageModel(model).Length / 1024} KiB agrees with torch within {OnnxExport.Tolerance:g1}";
    }

    private static async Task<string> StorageAsync()
    {
        if (Environment.GetEnvironmentVariable(JobCommand.StorageVariable) is not { Length: > 0 } storage) return $"{JobCommand.StorageVariable} is not set, so not looked at";
        var blobs = BlobStores.Open(storage);
        var path = $"runs/doctor-{Guid.NewGuid():N}/lock";
        var lease = await RunLease.TryAcquireAsync(blobs, path, TimeProvider.System);
        await using (lease ?? throw new InvalidOperationException("a new blob could not be made")) await lease.RenewAsync();
        if (await blobs.FindAsync(path) is not null) throw new InvalidOperationException("a blob could not be deleted");
        return "blobs can be made, changed under their ETag and deleted";
    }
}
