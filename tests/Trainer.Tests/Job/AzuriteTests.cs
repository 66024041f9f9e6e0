using Rlhf.Contracts.Azurite;
using Rlhf.Contracts.Tools;
using Rlhf.Trainer.Job;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Job;

/// <summary>The trainer on blobs of Azure Storage, as it runs in Azure.</summary>
[Needs(Tool.Azurite)]
public class AzuriteTests
{
    [ToolFact]
    public async Task Kill9_WithItsRunOnAzurite_GoesOnFromTheCheckpointToTheSameModel()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        using var whole = await TinyRun.CreateAsync();
        await JobRunnerTests.RunAsync(whole);
        using var killed = await TinyRun.CreateAsync(storage: azurite.ConnectionString);

        using (var trainer = new TrainerProcess(killed.Storage, TinyRun.JobPath))
        {
            await trainer.UntilAsync(async () => await killed.Blobs.FindAsync("runs/tiny-run1/checkpoints/ppo.json") is not null);
            trainer.Kill();
        }
        Assert.Equal(RunState.Running, (await killed.StatusAsync()).State);
        using var last = new TrainerProcess(killed.Storage, TinyRun.JobPath);
        var (exitCode, errors) = await last.EndAsync();

        Assert.True(exitCode == ExitCodes.Done, errors);
        Assert.Contains("Ppo: goes on from step", errors, StringComparison.Ordinal);
        foreach (var file in (string[])["reward-model/model.safetensors", "model/model.safetensors", "model/model.onnx"])
            Assert.Equal(await whole.BytesAsync($"runs/tiny-run1/{file}"), await killed.BytesAsync($"runs/tiny-run1/{file}"));
        // Its launcher may have no log to show, so the job keeps its own, of both starts.
        var log = System.Text.Encoding.UTF8.GetString(await killed.BytesAsync(RunPaths.Log(RunId.From("tiny-run1"))));
        Assert.Contains("Reward: begins", log, StringComparison.Ordinal);
        Assert.Contains("Ppo: goes on from step", log, StringComparison.Ordinal);
    }

    [ToolFact]
    public async Task Doctor_OnAzurite_FindsStorageGood()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        using var doctor = new TrainerProcess(azurite.ConnectionString, TinyRun.JobPath, "doctor");

        var (exitCode, errors) = await doctor.EndAsync();

        Assert.True(exitCode == ExitCodes.Done, errors);
        Assert.Contains("ok    storage: blobs can be made, changed under their ETag and deleted", await doctor.OutputAsync(), StringComparison.Ordinal);
    }

    [ToolFact]
    public async Task Doctor_WithAWrongKey_FailsAndSaysWhichRoleOrString()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        var wrong = azurite.ConnectionString.Replace("AccountKey=", "AccountKey=AAAA", StringComparison.Ordinal);
        using var doctor = new TrainerProcess(wrong, TinyRun.JobPath, "doctor");

        var (exitCode, _) = await doctor.EndAsync();
        var output = await doctor.OutputAsync();

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Contains("FAIL  storage: Azure Storage refuses", output, StringComparison.Ordinal);
        Assert.Contains("Storage Blob Data Contributor", output, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", output, StringComparison.Ordinal);
    }
}
