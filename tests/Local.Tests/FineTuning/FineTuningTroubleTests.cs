using Microsoft.AspNetCore.Http;
using Rlhf.Contracts;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Training;
using Rlhf.Training.FineTuning;

namespace Rlhf.Local.Tests.FineTuning;

/// <summary>What goes wrong at the provider: nothing is paid for twice, nothing that is paid for is given up, and each failure names the way out.</summary>
public sealed class FineTuningTroubleTests : ProviderTests
{
    [Fact]
    public async Task RateLimited_TheProviderIsLeftAloneAsLongAsItAsks()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        Server.Meet = async (call, context, _) =>
        {
            if (!call.IsJobCreation || Server.Calls.Count(c => c.IsJobCreation) > 1) return false;
            context.Response.Headers.RetryAfter = "2";
            await AzureOpenAIServer.RefuseAsync(context, 429, "429", "Requests to the Fine-tuning jobs operation have exceeded the call rate limit.");
            return true;
        };
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);

        Assert.Equal(RunState.Succeeded, run.State);
        var calls = Server.Calls.Where(c => c.Path.Contains("/v1/", StringComparison.Ordinal)).ToList();
        var refused = calls.FindIndex(c => c.IsJobCreation);
        Assert.True(calls[refused + 1].At - calls[refused].At >= TimeSpan.FromSeconds(2), $"{calls[refused + 1].At - calls[refused].At}");
        Assert.Single(Server.Jobs);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("job")]
    public async Task ContentRefused_FailsWithTheProvidersWords(string where)
    {
        const string Words = "The provided training data failed RAI checks for harm types: [hate_fairness, violence]. Please fix the data and try again.";
        if (where == "file") Server.FileEnd = ("error", Words);
        else Server.End = ("failed", "trainingDataModeration", Words);
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);
        Assert.Equal((RunState.Failed, "fine-tuning-content-refused"), (run.State, run.Error?.Code));
        Assert.Contains(Words, run.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("Leave those prompts out", run.Error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JobFailed_TheReasonIsTheRuns()
    {
        Server.End = ("failed", "invalid_training_file", "Line 7 has more than 65536 tokens.");
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);
        Assert.Equal((RunState.Failed, "fine-tuning-failed", "The fine-tuning job 'ftjob-1' failed (invalid_training_file): Line 7 has more than 65536 tokens."), (run.State, run.Error?.Code, run.Error?.Message));
    }

    [Theory]
    [InlineData("succeeded", RunState.Succeeded, null)]
    [InlineData("failed", RunState.Failed, "fine-tuning-failed")]
    public async Task EndNotWrittenToTheStatus_IsWrittenAtTheNextLook(string end, RunState state, string? code)
    {
        Server.End = (end, "invalid_training_file", "Line 7 has more than 65536 tokens.");
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = RunStore.IdFor(PipelineHost.Campaign, 1);
        var failures = 0;
        // As a crash between the two writes would leave it: the record says how it ended, the status does not.
        host.Pipeline.Blobs.FailsWrite = async path => path == RunPaths.Status(run)
            && await FineTuningRecord.FindAsync(host.Pipeline.Blobs, run) is { Ended: not null } && failures++ == 0;

        var ended = await host.EndAsync((await host.LabelAndTrainAsync()).Id);

        Assert.Equal((state, code, true), (ended.State, ended.Error?.Code, failures > 0));
        Assert.Equal(state == RunState.Failed, ended.Error?.Message.Contains("Line 7", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task JobCancelledInThePortal_TheRunSaysSo()
    {
        Server.End = ("cancelled", null, null);
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);
        Assert.Equal((RunState.Failed, "fine-tuning-cancelled"), (run.State, run.Error?.Code));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task JobCreatedAndTheAnswerLost_ThereIsOneJob(int listsThatLag)
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var lagging = listsThatLag;
        Server.Meet = async (call, context, serve) =>
        {
            if (call.IsJobCreation && Server.Calls.Count(c => c.IsJobCreation) == 1) return await LoseAnswerAsync(context, serve);
            if (Server.Jobs.Count == 0 || call.Method != "GET" || !call.Path.EndsWith("/fine_tuning/jobs", StringComparison.Ordinal) || lagging-- <= 0) return false;
            await context.Response.WriteAsJsonAsync(new { data = Array.Empty<object>(), has_more = false });
            return true;
        };
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);
        Assert.Equal((RunState.Succeeded, 1, 1), (run.State, Server.Jobs.Count, Server.Calls.Count(c => c.IsJobCreation)));
    }

    [Fact]
    public async Task FileUploadedAndTheAnswerLost_ItIsFoundByItsName()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        Server.Meet = async (call, context, serve) => call.IsUpload && Server.Calls.Count(c => c.IsUpload) == 1 && await LoseAnswerAsync(context, serve);
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);
        Assert.Equal((RunState.Succeeded, 2), (run.State, Server.Calls.Count(c => c.IsUpload)));
    }

    [Fact]
    public async Task HostRestartedWhileTheProviderTrains_TheSameJobIsFollowed()
    {
        Server.MayEnd = false;
        Run run;
        await using (var first = await TuningHost.StartAsync(Folder, Server))
        {
            run = await first.LabelAndTrainAsync();
            await first.StatusAsync(run.Id, s => s.Step == 1, "it trains");
        }
        Server.MayEnd = true;
        await using var second = await TuningHost.StartAsync(Folder, Server);
        Assert.Equal((RunState.Succeeded, 1), ((await second.EndAsync(run.Id)).State, Server.Jobs.Count));
    }

    [Fact]
    public async Task Cancelled_TheProvidersJobIsCancelled()
    {
        Server.MayEnd = false;
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.LabelAndTrainAsync();
        await host.StatusAsync(run.Id, s => s.Step == 1, "it trains");
        await host.Pipeline.Get<RunService>().CancelAsync(run.Id);
        await Eventually.TrueAsync(() => Server.Jobs.Single().Status == "cancelled");
        Assert.Equal(RunState.Cancelled, (await host.EndAsync(run.Id)).State);
    }

    [Fact]
    public async Task CancelledBeforeTheJobsCreationWasAnswered_ItIsCancelledOnceItShows()
    {
        Server.MayEnd = false;
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var isHidden = true;
        Server.Meet = async (call, context, serve) =>
        {
            if (call.IsJobCreation) return await LoseAnswerAsync(context, serve);
            if (!isHidden || Server.Jobs.Count == 0 || call.Method != "GET" || !call.Path.EndsWith("/fine_tuning/jobs", StringComparison.Ordinal)) return false;
            await context.Response.WriteAsJsonAsync(new { data = Array.Empty<object>(), has_more = false });
            return true;
        };
        var run = await host.LabelAndTrainAsync();
        await Eventually.TrueAsync(() => Server.Jobs.Count == 1);

        await host.Pipeline.Get<RunService>().CancelAsync(run.Id);
        await host.EndAsync(run.Id);
        isHidden = false;

        await Eventually.TrueAsync(() => Server.Jobs.Single().Status == "cancelled");
    }

    [Fact]
    public async Task CancelledWhileDeployed_TheDeploymentThatCostsByTheHourGoes()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        Server.Meet = async (call, context, _) =>
        {
            // The tuned deployment is made and does not answer yet.
            if (!call.Path.Contains("/deployments/rlhf-", StringComparison.Ordinal) || !call.Path.EndsWith("/completions", StringComparison.Ordinal)) return false;
            await AzureOpenAIServer.RefuseAsync(context, 404, "DeploymentNotFound", "The API deployment for this resource does not exist.");
            return true;
        };
        var run = await host.LabelAndTrainAsync();
        await host.StatusAsync(run.Id, s => s.Headline!.Contains("does not answer yet", StringComparison.Ordinal), "it is deployed");
        Assert.Contains("rlhf-support-run1", Server.Deployments.Keys);
        await host.Pipeline.Get<RunService>().CancelAsync(run.Id);
        await Eventually.TrueAsync(() => !Server.Deployments.ContainsKey("rlhf-support-run1"));
        Assert.Contains("base", Server.Deployments.Keys);
    }

    [Fact]
    public async Task NoQuotaToDeploy_TheRunSaysSoAndGoesOnOnceThereIsSome()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var hasQuota = false;
        RefuseDeployments(() => !hasQuota);
        var run = await host.LabelAndTrainAsync();
        var status = await host.StatusAsync(run.Id, s => s.Headline!.Contains("InsufficientQuota", StringComparison.Ordinal), "it says why it waits");
        Assert.Equal(RunState.Running, status.State);
        Assert.Contains("Raise the quota for Standard or delete a deployment", status.Headline, StringComparison.Ordinal);
        hasQuota = true;
        Assert.Equal((RunState.Succeeded, 1), ((await host.EndAsync(run.Id)).State, Server.Jobs.Count));
    }

    [Fact]
    public async Task NoQuotaForTooLong_FailsAndNamesTheModelThatIsKept()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server, TuningHost.Options with { DeployWithin = TimeSpan.FromMilliseconds(300) });
        RefuseDeployments(() => true);
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);
        Assert.Equal((RunState.Failed, "tuned-model-not-deployed"), (run.State, run.Error?.Code));
        Assert.Contains("gpt-4.1-mini-2025-04-14.ft-1-support-run1", run.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("InsufficientQuota", run.Error.Message, StringComparison.Ordinal);
        Assert.Contains("It is kept at Azure OpenAI", run.Error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelThatCannotBeTuned_FailsWithOneThatCan()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.EndAsync((await host.LabelAndTrainAsync(TuningHost.SettingsFor(Server) with { FineTuning = new() { Model = "gpt-5-2025-08-07" } })).Id);
        Assert.Equal((RunState.Failed, "model-not-tunable"), (run.State, run.Error?.Code));
        Assert.Contains("'gpt-5-2025-08-07' can't be tuned by preference", run.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("gpt-4.1-mini-2025-04-14", run.Error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OverTheBudget_FailsBeforeAnythingIsSent()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.EndAsync((await host.LabelAndTrainAsync(TuningHost.SettingsFor(Server) with { FineTuning = new() { Model = AzureOpenAIServer.BaseModel, TokenBudget = 1_000 } })).Id);
        Assert.Equal((RunState.Failed, "fine-tuning-budget"), (run.State, run.Error?.Code));
        Assert.Contains("the campaign allows 1,000", run.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Calls, c => c.IsUpload || c.IsJobCreation);
    }

    [Fact]
    public async Task KeyRefusedAtTheStart_Fails_AndWhileTheProviderTrainsTheRunWaits()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var isRefused = true;
        Server.Meet = async (call, context, _) =>
        {
            if (!isRefused || !call.Path.StartsWith("/openai/v1/", StringComparison.Ordinal)) return false;
            await AzureOpenAIServer.RefuseAsync(context, 401, "401", "Access denied due to invalid subscription key.");
            return true;
        };
        var first = await host.EndAsync((await host.LabelAndTrainAsync()).Id);
        Assert.Equal((RunState.Failed, "endpoint-key-refused"), (first.State, first.Error?.Code));

        isRefused = false;
        Server.MayEnd = false;
        var second = await host.TrainAsync();
        await host.StatusAsync(second.Id, s => s.Step == 1, "it trains");
        isRefused = true;
        await host.StatusAsync(second.Id, s => s.Headline!.Contains("invalid subscription key", StringComparison.Ordinal), "it says why it waits");
        (isRefused, Server.MayEnd) = (false, true);
        Assert.Equal(RunState.Succeeded, (await host.EndAsync(second.Id)).State);
    }

    private void RefuseDeployments(Func<bool> isRefused) => Server.Meet = async (call, context, _) =>
    {
        if (!call.IsDeployment || !isRefused()) return false;
        await AzureOpenAIServer.RefuseAsync(context, 400, "InsufficientQuota",
            "This operation require 10 new capacity in quota Tokens Per Minute (thousands) - gpt-4.1-mini-finetune, which is bigger than the current available capacity 0.");
        return true;
    };

    private static async Task<bool> LoseAnswerAsync(HttpContext context, Func<Task> serve)
    {
        context.Response.Body = Stream.Null;
        await serve();
        context.Abort();
        return true;
    }
}
