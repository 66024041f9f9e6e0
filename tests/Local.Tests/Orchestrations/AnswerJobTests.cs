using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Jobs;
using Rlhf.Generation.Onnx;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Loop;
using Rlhf.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.Launching;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>A model above the bound (which is low here) answers in jobs: with the real trainer as a child process.</summary>
public sealed class AnswerJobTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string Model = ModelCache.FilePrefix + Repository.File("models", "support-small");
    private static readonly GeneratorSettings Generator = new("base", GeneratorKind.Onnx, Model) { Sampling = new(MaximumTokens: 12) };
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Batch_IsAnsweredByAJobAsTheModelItselfWouldAnswer()
    {
        await using var host = await StartAsync();
        await host.CreateAsync(PipelineHost.Settings with { Generators = [Generator], Policy = Model, TrainWhenLabeled = false });
        await host.DropAsync(6);

        var batch = await UntilAsync(async () => (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign)).FirstOrDefault(b => b.State == BatchState.Open));

        var comparisons = await host.Get<ComparisonStore>().ReadBatchAsync(PipelineHost.Campaign, batch.Id, Cancellation);
        Assert.Equal(6, comparisons.Count + batch.Dropped.Values.Sum());
        await using var model = OnnxGenerator.Load("base", Model[ModelCache.FilePrefix.Length..]);
        foreach (var answer in comparisons.SelectMany(c => c.Answers.Select(a => (c.Prompt, Answer: a))))
        {
            var own = await model.GenerateAsync([new(answer.Prompt.Messages, answer.Answer.Seed)], Generator.Sampling, Cancellation);
            Assert.Equal((own[0].Text!.Trim(), own[0].CompletionTokens), (answer.Answer.Text, answer.Answer.CompletionTokens));
        }
        // What is open is open no more, and its files stay: asked again, it is read, not computed.
        var jobs = await FilesAsync(host, "status.json");
        Assert.NotEmpty(jobs);
        Assert.Empty(await FilesAsync(host, "lock"));
    }

    [Fact]
    public async Task Contenders_AreAskedInOneJobEachAndJudged()
    {
        await using var host = await StartAsync();
        var run = await RunWithAModelAsync(host, prompts: 25);

        await host.Get<IOrchestrationClient>().ScheduleAsync(nameof(EvaluateModel), new RunStep(PipelineHost.Campaign, run), "judging", Cancellation);

        var judged = await UntilAsync(async () => await host.Get<RunStore>().GetAsync(run, Cancellation) is { Verdicts.Count: > 0 } r ? r : null);
        var verdict = Assert.Single(judged.Verdicts);
        // Base and tuned are the same model here, so they say the same: one job for both, and nothing but ties.
        Assert.Equal((0, 25, 0), (verdict.Wins, verdict.Ties, verdict.Losses));
        Assert.Single(await FilesAsync(host, "status.json"));
        Assert.Equal(3, (await FilesAsync(host, ".jsonl")).Count(path => path.Contains("/evaluation/base-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Failed_SaysWhyAndIsStartedAnewWhenAskedAgain()
    {
        var model = Directory.CreateDirectory(Path.Combine(folder.Path, "damaged")).FullName;
        await File.WriteAllTextAsync(Path.Combine(model, "model.onnx"), "no graph", Cancellation);
        await using var host = await StartAsync();
        Task<IReadOnlyList<GenerationOutcome>> AskAsync() => host.Get<AnswerJobs>().AskAsync(
            ModelCache.FilePrefix + model, [new([new(MessageRole.User, "My lamp is broken.")], 1)], new(12), cancellation: Cancellation);

        var error = await UntilAsync(async () => await Record.ExceptionAsync(AskAsync) is RlhfException e and not AnswersPendingException ? e : null);
        Assert.Contains($"'{ModelCache.FilePrefix}{model}' failed", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);

        foreach (var file in Directory.EnumerateFiles(Model[ModelCache.FilePrefix.Length..])) File.Copy(file, Path.Combine(model, Path.GetFileName(file)), overwrite: true);
        var answers = await UntilAsync(async () =>
        {
            try
            {
                return await AskAsync();
            }
            catch (AnswersPendingException)
            {
                return null;
            }
        });
        Assert.NotNull(Assert.Single(answers).Text);
    }

    private async Task<PipelineHost> StartAsync() => await PipelineHost.StartAsync(folder, PipelineHost.Quick with { RunSilence = TimeSpan.FromMinutes(1) }, (services, host) =>
    {
        services.AddSingleton<EndpointClients>(_ => new(new ConfigurationBuilder().Build()));
        services.AddSingleton(new ModelCache(host.Blobs, Path.Combine(host.Folder, "models")));
        services.AddSingleton(new GeneratorPlaces { InProcessBytes = 1 });
        services.AddSingleton<IGeneratorFactory, GeneratorFactory>();
        services.AddChildProcessTrainer(_ => new()
        {
            Folder = Path.Combine(host.Folder, "jobs"),
            Storage = host.BlobFolder,
            Trainer = RlhfProcess.Trainer(),
            Source = Repository.File("src", "Trainer"),
        });
    });

    /// <summary>A run that has trained, as its row and its snapshot say.</summary>
    private static async Task<RunId> RunWithAModelAsync(PipelineHost host, int prompts)
    {
        var settings = PipelineHost.Settings with { Generators = [Generator], Policy = Model, TrainWhenLabeled = false };
        await host.Get<CampaignStore>().CreateAsync(new(settings, CampaignState.Completed, DateTimeOffset.UtcNow), Cancellation);
        var run = RunStore.IdFor(PipelineHost.Campaign, 1);
        var now = DateTimeOffset.UtcNow;
        await host.Get<RunStore>().CreateAsync(new(run, PipelineHost.Campaign, 1, RunService.OwnerTrigger, RunState.Running, now, now) { Results = new(Model: Model) }, Cancellation);
        var test = Enumerable.Range(0, prompts).Select(i => new DatasetPrompt(PromptId.From($"p{i}"), [new Message(MessageRole.User, $"My router {i} does not work.")]));
        await JsonLines.WriteAsync(host.Blobs, RunPaths.Prompts(run, Split.Test), test, Cancellation);
        return run;
    }

    private static async Task<IReadOnlyList<string>> FilesAsync(PipelineHost host, string end)
    {
        var paths = new List<string>();
        await foreach (var item in host.Blobs.ListAsync("runs/", Cancellation))
            if (item.Path.EndsWith(end, StringComparison.Ordinal)) paths.Add(item.Path);
        return paths;
    }

    /// <summary>A trainer starts in seconds, and on a busy machine in many.</summary>
    private static async Task<T> UntilAsync<T>(Func<Task<T?>> find) where T : class
    {
        for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < Patience;)
        {
            if (await find() is { } found) return found;
            await Task.Delay(100, Cancellation);
        }
        throw new TimeoutException($"Not within {Patience}.");
    }
}
