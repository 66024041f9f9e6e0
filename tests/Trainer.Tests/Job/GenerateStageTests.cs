using System.Text.Json;
using Rlhf.Json;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Trainer.Job;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Job;

public class GenerateStageTests
{
    private const int Prompts = 400;
    private const string Answers = "runs/tiny-run1/answers.jsonl";
    private const string Parts = "runs/tiny-run1/checkpoints/answers.jsonl";

    [Fact]
    public async Task Generate_KilledHalfWay_GoesOnAndWritesTheSameAnswers()
    {
        using var whole = await CreateAsync();
        using var killed = await CreateAsync();
        Assert.Equal(ExitCodes.Done, await JobRunnerTests.RunAsync(whole));

        using (var trainer = new TrainerProcess(killed.Storage, TinyRun.JobPath))
        {
            await trainer.UntilAsync(async () => await killed.Blobs.FindAsync(Parts) is not null);
            trainer.Kill();
        }
        Assert.Null(await killed.Blobs.FindAsync(Answers));
        using (var second = new TrainerProcess(killed.Storage, TinyRun.JobPath)) Assert.Equal(ExitCodes.Done, (await second.EndAsync()).ExitCode);

        Assert.Equal(await whole.BytesAsync(Answers), await killed.BytesAsync(Answers));
        Assert.Null(await killed.Blobs.FindAsync(Parts));
        var answers = await Data.JsonLines.ReadAsync<GeneratedAnswer>(killed.Blobs, Answers, CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, Prompts).Select(i => $"line-{i}"), answers.Select(a => a.PromptId.Value));
        Assert.All(answers.Select((answer, i) => (answer, i)), item => Assert.Equal(1_000 + item.i, item.answer.Seed));
        Assert.Equal((RunState.Succeeded, 1.0), ((await killed.StatusAsync()).State, (await killed.StatusAsync()).Progress));
    }

    private static async Task<TinyRun> CreateAsync()
    {
        var run = await TinyRun.CreateAsync(job => job with
        {
            Stages = [TrainingStage.Generate],
            Generate = new("runs/tiny-run1/prompts.jsonl", Answers, new(24)),
        });
        var lines = Enumerable.Range(0, Prompts).Select(i => new AskedPrompt(PromptId.From($"line-{i}"), [new(MessageRole.User, "My fan is broken.")], 1_000 + i));
        await run.Blobs.WriteTextAsync("runs/tiny-run1/prompts.jsonl", string.Concat(lines.Select(line => JsonSerializer.Serialize(line, RlhfJson.Options) + "\n")));
        return run;
    }
}
