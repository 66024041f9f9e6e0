using Rlhf.Trainer.Job;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Job;

/// <summary>Real processes, really killed.</summary>
public class KilledTrainerTests
{
    private static readonly string[] Published = ["reward-model/model.safetensors", "model/model.safetensors", "model/model.onnx"];

    [Fact]
    public async Task Kill9_InRewardAndInPpo_GoesOnToTheSameResult()
    {
        using var whole = await TinyRun.CreateAsync();
        await JobRunnerTests.RunAsync(whole);
        using var killed = await TinyRun.CreateAsync();

        foreach (var checkpoint in new[] { "reward-000001", "ppo-000004" })
        {
            using var trainer = new TrainerProcess(killed.Storage, TinyRun.JobPath);
            await trainer.UntilAsync(() => PassedAsync(killed, checkpoint));
            trainer.Kill();
        }

        Assert.NotNull(await killed.Blobs.FindAsync("runs/tiny-run1/lock"));
        Assert.True((await killed.StatusAsync()).State == RunState.Running);
        using var last = new TrainerProcess(killed.Storage, TinyRun.JobPath);
        var (exitCode, errors) = await last.EndAsync();
        Assert.True(exitCode == ExitCodes.Done, errors);
        Assert.Contains("goes on from step", errors, StringComparison.Ordinal);
        foreach (var file in Published)
            Assert.Equal(await whole.BytesAsync($"runs/tiny-run1/{file}"), await killed.BytesAsync($"runs/tiny-run1/{file}"));
    }

    [Fact]
    public async Task Terminate_LeavesACheckpointAndGoesOnWhenStartedAgain()
    {
        using var run = await TinyRun.CreateAsync(job => job with { Settings = job.Settings with { CheckpointEvery = TimeSpan.FromHours(1), Ppo = job.Settings.Ppo with { Steps = 60 } } });
        using var trainer = new TrainerProcess(run.Storage, TinyRun.JobPath);
        await trainer.UntilAsync(async () => await run.Blobs.FindAsync("runs/tiny-run1/status.json") is not null && await run.StatusAsync() is { Stage: TrainingStage.Ppo, Step: > 0 });

        trainer.Terminate();

        Assert.Equal(ExitCodes.Stopped, (await trainer.EndAsync()).ExitCode);
        Assert.Equal(RunState.Queued, (await run.StatusAsync()).State);
        Assert.NotNull(await run.Blobs.FindAsync("runs/tiny-run1/checkpoints/ppo.json"));
        Assert.Null(await run.Blobs.FindAsync("runs/tiny-run1/lock"));
        Assert.Equal(ExitCodes.Done, await JobRunnerTests.RunAsync(run));
    }

    [Fact]
    public async Task Start_TwiceAtOnce_TrainsOnce()
    {
        using var run = await TinyRun.CreateAsync();
        using var first = new TrainerProcess(run.Storage, TinyRun.JobPath);
        using var second = new TrainerProcess(run.Storage, TinyRun.JobPath);

        var ends = new[] { await first.EndAsync(), await second.EndAsync() };

        // Whoever found the run taken ends quietly: a failure would have it started again.
        Assert.All(ends, end => Assert.Equal(ExitCodes.Done, end.ExitCode));
        Assert.Single(ends, end => end.Errors.Contains("Another trainer works on tiny-run1", StringComparison.Ordinal));
        Assert.Equal(RunState.Succeeded, (await run.StatusAsync()).State);
        // In Azure the lines of all runs are in one table.
        var lines = ends.SelectMany(end => end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(@"^\d\d:\d\d:\d\d \[campaign=tiny run=tiny-run1\] .", line));
    }

    [Fact]
    public async Task Start_WithoutAJob_SaysWhatToSet()
    {
        using var run = await TinyRun.CreateAsync();
        using var trainer = new TrainerProcess(run.Storage, "runs/none/job.json");

        var (exitCode, errors) = await trainer.EndAsync();

        Assert.Equal(ExitCodes.NotStarted, exitCode);
        Assert.Contains("'runs/none/job.json'", errors, StringComparison.Ordinal);
        Assert.Contains("RLHF_JOB", errors, StringComparison.Ordinal);
    }

    /// <summary>This checkpoint or a later one of its stage, or a later stage.</summary>
    private static async Task<bool> PassedAsync(TinyRun run, string checkpoint)
    {
        var stage = checkpoint.Split('-')[0];
        var paths = new List<string>();
        await foreach (var item in run.Blobs.ListAsync($"runs/tiny-run1/checkpoints/{stage}-")) paths.Add(item.Path);
        return paths.Exists(path => string.CompareOrdinal(path, $"runs/tiny-run1/checkpoints/{checkpoint}") >= 0);
    }
}
