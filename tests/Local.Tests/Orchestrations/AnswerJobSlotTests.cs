using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Jobs;
using Rlhf.Generation.Onnx;
using Rlhf.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.Launching;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>Who holds the one slot for jobs that answer, and that a job whose answers nobody wants gives it back.</summary>
public sealed class AnswerJobSlotTests : IDisposable
{
    private static readonly string Model = ModelCache.FilePrefix + Repository.File("models", "support-small");
    private static readonly JobAsker first = new(CampaignId.From("first")), second = new(CampaignId.From("second"));
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task CampaignCancelledWhileAJobAnswers_TheJobIsStoppedAndItsSlotFree()
    {
        await using var host = await StartAsync(ShellJobLauncher.Hangs);
        await host.CreateAsync(PipelineHost.Settings with { Generators = [new("base", GeneratorKind.Onnx, Model)], Policy = Model, TrainWhenLabeled = false });
        await host.DropAsync(6);
        var job = await RunningAsync(host);

        await host.Get<CampaignService>().CancelAsync(PipelineHost.Campaign, "No longer needed.");

        await Eventually.TrueAsync(() => !host.Launcher.IsRunning(job));
        await Eventually.GetAsync(async () => (await host.Tables.QueryAsync("answerjobs", "open").ToListAsync()).Count == 0 ? "" : null, "no row is left");
    }

    [Fact]
    public async Task RunCancelledWhileItsTestPromptsAreAnswered_TheJobIsStoppedAndTheCampaignsIsNot()
    {
        await using var host = await StartAsync(ShellJobLauncher.Hangs, slots: 2);
        var now = DateTimeOffset.UtcNow;
        var run = RunStore.IdFor(PipelineHost.Campaign, 1);
        await host.Get<CampaignStore>().CreateAsync(new(PipelineHost.Settings, CampaignState.Completed, now), Cancellation);
        await host.Get<RunStore>().CreateAsync(new(run, PipelineHost.Campaign, 1, RunService.OwnerTrigger, RunState.Cancelled, now, now), Cancellation);
        await AskAsync(host, "of the campaign", new(PipelineHost.Campaign));
        var campaigns = await RunningAsync(host);
        await AskAsync(host, "of its run", new(PipelineHost.Campaign, run));
        var runs = await RunningAsync(host, except: campaigns);

        await ActivatorUtilities.CreateInstance<EndRun>(host.Get<IServiceProvider>()).RunAsync(new(PipelineHost.Campaign, run, RunState.Cancelled), Cancellation);

        await Eventually.TrueAsync(() => !host.Launcher.IsRunning(runs));
        Assert.True(host.Launcher.IsRunning(campaigns));
    }

    [Fact]
    public async Task BatchOfSeveralWindows_IsAskedInOneJob()
    {
        await using var host = await StartAsync(ShellJobLauncher.Hangs);
        var prompts = (PipelineHost.Quick.GenerationWindow * 2) + 5;
        await host.CreateAsync(PipelineHost.Settings with { Generators = [new("base", GeneratorKind.Onnx, Model)], Policy = Model, TrainWhenLabeled = false, BatchSize = prompts });
        await host.DropAsync(prompts);

        var job = await RunningAsync(host);

        Assert.Equal([job], await JobsAsync(host));
        var asked = await JsonLines.ReadAsync<AskedPrompt>(host.Blobs, $"{RunPaths.Root(job)}/prompts.jsonl", Cancellation).CountAsync(Cancellation);
        Assert.Equal(prompts * PipelineHost.Settings.Answers, asked);
    }

    [Fact]
    public async Task AnotherCampaignsJobVanished_ItIsNotStartedAgainAndHoldsNothingUp()
    {
        await using var host = await StartAsync(ShellJobLauncher.DiesAlways);
        await AskAsync(host, "one", first);
        await Eventually.GetAsync(async () => (await JobsAsync(host)).All(job => !host.Launcher.IsRunning(job)) ? "" : null, "it died");

        await AskAsync(host, "two", second);

        Assert.Equal(2, host.Launcher.Started);
    }

    [Fact]
    public async Task AnotherCampaignsJobRuns_OneWaitsUntilItIsStopped()
    {
        await using var host = await StartAsync(ShellJobLauncher.Hangs);
        await AskAsync(host, "one", first);
        await AskAsync(host, "two", second);
        Assert.Equal(1, host.Launcher.Started);

        await host.Get<AnswerJobs>().StopAsync(second, Cancellation);
        await AskAsync(host, "two", second);
        Assert.Equal(1, host.Launcher.Started);

        await host.Get<AnswerJobs>().StopAsync(first, Cancellation);
        await AskAsync(host, "two", second);
        Assert.Equal(2, host.Launcher.Started);
    }

    private async Task<PipelineHost> StartAsync(string script, int slots = 1)
    {
        var host = await PipelineHost.StartAsync(folder, PipelineHost.Quick with { RunStall = TimeSpan.FromHours(1), AnswerJobs = slots }, (services, host) => services
            .AddSingleton(_ => new EndpointClients(new ConfigurationBuilder().Build()))
            .AddSingleton(new ModelCache(host.Blobs, Path.Combine(host.Folder, "models")))
            .AddSingleton(new GeneratorPlaces { InProcessBytes = 1 })
            .AddSingleton<IGeneratorFactory, GeneratorFactory>());
        host.Launcher.Script = script;
        return host;
    }

    private static Task<AnswersPendingException> AskAsync(PipelineHost host, string text, JobAsker asker) => Assert.ThrowsAsync<AnswersPendingException>(
        () => host.Get<AnswerJobs>().AskAsync(Model, [new([new(MessageRole.User, text)], 1)], new(12), asker, Cancellation));

    private static async Task<RunId> RunningAsync(PipelineHost host, RunId? except = null)
    {
        var running = await Eventually.GetAsync(async () =>
        {
            var jobs = (await JobsAsync(host)).Where(job => job != except && host.Launcher.IsRunning(job)).ToList();
            return jobs.Count > 0 ? jobs : null;
        }, "a job runs");
        return running[0];
    }

    private static async Task<IReadOnlyList<RunId>> JobsAsync(PipelineHost host)
    {
        var jobs = new List<RunId>();
        await foreach (var item in host.Blobs.ListAsync("runs/answers-", Cancellation))
            if (item.Path.EndsWith("/job.json", StringComparison.Ordinal)) jobs.Add(RunId.From(item.Path.Split('/')[1]));
        return jobs;
    }
}
