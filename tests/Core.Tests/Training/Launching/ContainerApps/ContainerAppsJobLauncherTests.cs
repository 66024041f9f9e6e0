using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Rlhf.Training;
using Rlhf.Training.Launching.ContainerApps;

namespace Rlhf.Core.Tests.Training.Launching.ContainerApps;

public sealed class ContainerAppsJobLauncherTests : IAsyncLifetime
{
    private const string Start = "POST /start";
    private static readonly RunId run = RunId.From("demo-run1");
    private ArmServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<string> Stops => server.Calls.Where(call => call.EndsWith("/stop", StringComparison.Ordinal));

    private int Starts => server.Calls.Count(call => call == Start);

    public async ValueTask InitializeAsync() => server = await ArmServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Start_MergesTheJobsTemplateAndKeepsTheExecutionsName()
    {
        var execution = await Launcher().StartAsync(run, Cancellation);

        var started = Assert.Single(server.Executions);
        Assert.Equal((string?)started["name"], execution);
        var expected = JsonNode.Parse("""
            {
              "containers": [{
                "name": "trainer", "image": "registry.azurecr.io/rlhf-trainer@sha256:0123", "args": ["job"],
                "env": [{"name": "RLHF_STORAGE", "value": "https://account.blob.core.windows.net"}, {"name": "AZURE_CLIENT_ID", "value": "the-identity"}, {"name": "EXTRA", "secretRef": "extra"},
                        {"name": "RLHF_JOB", "value": "runs/demo-run1/job.json"}],
                "resources": {"cpu": 8, "memory": "56Gi"}
              }],
              "initContainers": [{"name": "warm", "image": "registry.azurecr.io/warm:1", "resources": {"cpu": 0.5, "memory": "1Gi"}}]
            }
            """);
        Assert.True(JsonNode.DeepEquals(expected, started["properties"]!["template"]), started.ToJsonString());
        Assert.Equal("Bearer the-token", Assert.Single(server.Tokens));
    }

    [Fact]
    public async Task Start_TheAnswerWasLost_TheRetriedStartFindsTheExecutionAndStartsNone()
    {
        // The server takes the start and the connection breaks before it answers.
        server.Interfere(Start, async (_, context) =>
        {
            server.Add(run.Value);
            await Task.CompletedTask;
            context.Abort();
            return true;
        });
        var launcher = Launcher();

        var lost = await Assert.ThrowsAsync<RlhfException>(() => launcher.StartAsync(run, Cancellation));
        var found = await launcher.StartAsync(run, Cancellation);

        Assert.True(lost.IsTransient, lost.Message);
        Assert.Equal("azure-unreachable", lost.Code);
        Assert.Equal(1, Starts);
        Assert.Equal((string?)Assert.Single(server.Executions)["name"], found);
    }

    [Fact]
    public async Task Start_ByALaterHost_FindsTheExecutionOnALaterPage()
    {
        var mine = server.Add(run.Value);
        for (var i = 2; i < 60; i++) server.Add($"other-run{i}");

        Assert.Equal(mine, await Launcher().StartAsync(run, Cancellation));

        Assert.Equal(0, Starts);
    }

    [Fact]
    public async Task Start_EarlierExecutionsEndedOrAreOtherRuns_StartsAnother()
    {
        foreach (var status in (string[])["Succeeded", "Failed", "Stopped"]) server.Add(run.Value, status);
        server.Add("demo-run10");

        var execution = await Launcher().StartAsync(run, Cancellation);

        Assert.Equal(1, Starts);
        Assert.Equal((string?)server.Executions[0]["name"], execution);
    }

    [Fact]
    public async Task Start_Accepted_FollowsTheLocationToTheName()
    {
        server.PollsBeforeName = 2;

        var execution = await Launcher().StartAsync(run, Cancellation);

        Assert.Equal((string?)Assert.Single(server.Executions)["name"], execution);
        Assert.Equal(3, server.Calls.Count(call => call.StartsWith("GET /operations/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Start_AcceptedAndNeverNamed_IsFoundAmongTheExecutions()
    {
        server.PollsBeforeName = int.MaxValue;

        var execution = await Launcher(o => o with { StartPatience = TimeSpan.FromMilliseconds(50) }).StartAsync(run, Cancellation);

        Assert.Equal((string?)Assert.Single(server.Executions)["name"], execution);
    }

    [Theory]
    [InlineData("Mon, 01 Jan 2024 00:00:00 GMT")]
    [InlineData("2000000000")]
    public async Task Start_AcceptedAndToldToWaitForAPastDateOrForYears_IsFoundWithinThePatience(string retryAfter)
    {
        server.PollsBeforeName = int.MaxValue;
        server.PollsRetryAfter = retryAfter;

        var execution = await Launcher(o => o with { StartPatience = TimeSpan.FromMilliseconds(200) }).StartAsync(run, Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal((string?)Assert.Single(server.Executions)["name"], execution);
    }

    [Fact]
    public async Task Start_AcceptedWithALinkElsewhere_SendsNoTokenThere()
    {
        server.Interfere(Start, (_, context) =>
        {
            context.Response.StatusCode = 202;
            context.Response.Headers.Location = "https://elsewhere.example/operations/1";
            return Task.FromResult(true);
        });

        var error = await Assert.ThrowsAsync<RlhfException>(() => Launcher().StartAsync(run, Cancellation));

        Assert.Contains("elsewhere.example", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BusyForAMoment_WaitsAsToldAndStartsOnce()
    {
        server.Interfere(Start, (number, context) => number == 0 ? ArmServer.RefuseAsync(context, 429, "TooManyRequests", "Slow down.", "1") : Task.FromResult(false));
        var began = TimeProvider.System.GetTimestamp();

        await Launcher().StartAsync(run, Cancellation);

        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(1));
        Assert.Equal((2, 1), (Starts, server.Executions.Count));
    }

    [Fact]
    public async Task Start_BusyForLong_SaysForHowLongAndLeavesItToTheCaller()
    {
        server.Interfere(Start, (_, context) => ArmServer.RefuseAsync(context, 429, "TooManyRequests", "Slow down.", "600"));

        var error = await Assert.ThrowsAsync<RlhfException>(() => Launcher().StartAsync(run, Cancellation));

        Assert.Equal(("azure-busy", true, 1), (error.Code, error.IsTransient, Starts));
        Assert.Contains("again in 600 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(600), error.RetryAfter);
    }

    [Theory]
    [InlineData(409, "Conflict", "trainer-job-busy", true)]
    [InlineData(500, "InternalServerError", "azure-unavailable", true)]
    [InlineData(400, "ManagedEnvironmentQuotaExceeded", "trainer-job-quota", false)]
    [InlineData(409, "QuotaExceeded", "trainer-job-quota", false)]
    [InlineData(400, "ContainerAppImageRequired", "trainer-job-refused", false)]
    [InlineData(401, "InvalidAuthenticationToken", "azure-identity", false)]
    public async Task Start_Refused_IsNamedAndSaysWhetherAnotherTryHelps(int status, string said, string code, bool isTransient)
    {
        server.Interfere(Start, (_, context) => ArmServer.RefuseAsync(context, status, said, "As it says."));

        var error = await Assert.ThrowsAsync<RlhfException>(() => Launcher().StartAsync(run, Cancellation));

        Assert.Equal((code, isTransient, 1), (error.Code, error.IsTransient, Starts));
        Assert.Contains($"{status} {said}: As it says", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public async Task Start_Forbidden_NamesTheRoleAndTheResource()
    {
        server.Interfere(Start, (_, context) => ArmServer.RefuseAsync(context, 403, "AuthorizationFailed", "No action."));

        var error = await Assert.ThrowsAsync<RlhfException>(() => Launcher().StartAsync(run, Cancellation));

        Assert.Equal(("trainer-job-forbidden", false), (error.Code, error.IsTransient));
        Assert.Contains($"'{ArmErrors.Role}' on {ArmServer.Job}", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoSuchJob_NamesTheSettingAndTheJob()
    {
        var other = ArmServer.Job + "-gone";

        var error = await Assert.ThrowsAsync<RlhfException>(() => Launcher(o => o with { Job = other }).StartAsync(run, Cancellation));

        Assert.Equal(("trainer-job-not-found", false), (error.Code, error.IsTransient));
        Assert.Contains(other, error.Message, StringComparison.Ordinal);
        Assert.Contains("RLHF_TRAINER_JOB", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("trainer")]
    [InlineData("/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rlhf/providers/Microsoft.App/containerApps/trainer")]
    public void Options_NoJobsId_AreRefusedWithTheShape(string id)
    {
        var error = Assert.Throws<RlhfException>(() => Launcher(o => o with { Job = id }));

        Assert.Equal("trainer-job-invalid", error.Code);
        Assert.Contains("Microsoft.App/jobs/<name>", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoIdentity_SaysWhichSettingNamesIt()
    {
        var launcher = Launcher(credential: new FailingCredential(new CredentialUnavailableException("No managed identity endpoint found.")));

        var error = await Assert.ThrowsAsync<RlhfException>(() => launcher.StartAsync(run, Cancellation));

        Assert.Equal(("azure-identity", false), (error.Code, error.IsTransient));
        Assert.Contains("RLHF_IDENTITY", error.Remedy, StringComparison.Ordinal);
        Assert.Empty(server.Calls);
    }

    [Theory]
    [InlineData("Running", JobPhase.Running)]
    [InlineData("Processing", JobPhase.Running)]
    [InlineData("Succeeded", JobPhase.Succeeded)]
    [InlineData("Failed", JobPhase.Failed)]
    [InlineData("Stopped", JobPhase.Failed)]
    [InlineData("Unknown", JobPhase.Unknown)]
    [InlineData("SomethingNew", JobPhase.Unknown)]
    public async Task State_IsWhatTheServiceSays(string status, JobPhase phase)
    {
        var execution = server.Add(run.Value, status);

        Assert.Equal(phase, (await Launcher().GetStateAsync(run, execution, Cancellation)).Phase);
    }

    [Fact]
    public async Task State_ExecutionPushedOutByAHundredLaterOnes_IsUnknown()
    {
        var execution = server.Add(run.Value, "Succeeded");
        for (var i = 0; i < 100; i++) server.Add($"other-run{i}", "Succeeded");

        Assert.Equal(JobPhase.Unknown, (await Launcher().GetStateAsync(run, execution, Cancellation)).Phase);
    }

    [Fact]
    public async Task State_RunningPastTheReplicaTimeout_IsOverdueAndTheNextStartLeavesItBe()
    {
        var launcher = Launcher();
        var stuck = server.Add(run.Value, "Running", DateTimeOffset.UtcNow.AddSeconds(-3600).AddMinutes(-11));
        var young = server.Add("demo-run2", "Running", DateTimeOffset.UtcNow.AddSeconds(-3600).AddMinutes(-9));

        Assert.Equal(JobPhase.Overdue, (await launcher.GetStateAsync(run, stuck, Cancellation)).Phase);
        Assert.Equal(JobPhase.Running, (await launcher.GetStateAsync(RunId.From("demo-run2"), young, Cancellation)).Phase);
        Assert.NotEqual(stuck, await launcher.StartAsync(run, Cancellation));
        Assert.Equal(young, await launcher.StartAsync(RunId.From("demo-run2"), Cancellation));
    }

    [Fact]
    public async Task State_ServiceAwayForAMoment_IsAskedAgain()
    {
        var execution = server.Add(run.Value);
        server.Interfere($"GET /executions/{execution}", (number, context) => number == 0 ? ArmServer.RefuseAsync(context, 503, "ServerBusy", "Later.", "0") : Task.FromResult(false));

        Assert.Equal(JobPhase.Running, (await Launcher().GetStateAsync(run, execution, Cancellation)).Phase);
    }

    [Fact]
    public async Task Stop_StopsItAndOnceMoreIsNoTrouble()
    {
        var launcher = Launcher();
        var execution = await launcher.StartAsync(run, Cancellation);

        await launcher.StopAsync(run, Cancellation);
        await launcher.StopAsync(run, Cancellation);

        Assert.Equal(JobPhase.Failed, (await launcher.GetStateAsync(run, execution, Cancellation)).Phase);
        Assert.Equal("Stopped", (string?)server.Executions[0]["properties"]!["status"]);
        Assert.Single(Stops);
    }

    [Fact]
    public async Task Stop_EveryLiveExecutionOfTheRunAndNoOther()
    {
        var mine = (string[])["Running", "Processing", "Unknown"];
        foreach (var status in mine) server.Add(run.Value, status);
        // Overdue as the service has it, and so just as much to be stopped.
        server.Add(run.Value, "Running", DateTimeOffset.UtcNow.AddDays(-1));
        foreach (var status in (string[])["Succeeded", "Failed", "Stopped"]) server.Add(run.Value, status);
        server.Add("demo-run10");

        await Launcher().StopAsync(run, Cancellation);

        Assert.Equal(mine.Length + 1, Stops.Count());
        Assert.Equal("Running", (string?)server.Executions[0]["properties"]!["status"]);
    }

    [Fact]
    public async Task Stop_TheStartsAnswerWasLost_TheExecutionIsStopped()
    {
        server.Interfere(Start, async (_, context) =>
        {
            server.Add(run.Value);
            await Task.CompletedTask;
            context.Abort();
            return true;
        });
        var launcher = Launcher();
        await Assert.ThrowsAsync<RlhfException>(() => launcher.StartAsync(run, Cancellation));

        await launcher.StopAsync(run, Cancellation);

        Assert.Equal("Stopped", (string?)Assert.Single(server.Executions)["properties"]!["status"]);
    }

    [Fact]
    public async Task Stop_EndedBetweenTheLookAndTheStop_IsNoTrouble()
    {
        var execution = server.Add(run.Value);
        server.Interfere($"POST /executions/{execution}/stop", (_, _) =>
        {
            server.Set(execution, "Succeeded");
            return Task.FromResult(false);
        });

        await Launcher().StopAsync(run, Cancellation);

        Assert.Equal("Succeeded", (string?)server.Executions[0]["properties"]!["status"]);
    }

    [Fact]
    public async Task Stop_ConflictWhileItRuns_IsTriedAgainByTheCaller()
    {
        var execution = server.Add(run.Value);
        server.Interfere($"POST /executions/{execution}/stop", (_, context) => ArmServer.RefuseAsync(context, 409, "Conflict", "The job is being changed."));

        var error = await Assert.ThrowsAsync<RlhfException>(() => Launcher().StopAsync(run, Cancellation));

        Assert.Equal(("trainer-job-busy", true), (error.Code, error.IsTransient));
    }

    private ContainerAppsJobLauncher Launcher(Func<ContainerAppsJobOptions, ContainerAppsJobOptions>? change = null, TokenCredential? credential = null)
    {
        var options = new ContainerAppsJobOptions { Job = ArmServer.Job, Management = server.Address };
        options = change?.Invoke(options) ?? options;
        var client = new ContainerAppsClient(options, credential ?? new FixedToken(), TimeProvider.System, server.Transport());
        return new(client, options, TimeProvider.System, NullLogger<ContainerAppsJobLauncher>.Instance);
    }

    private sealed class FailingCredential(Exception error) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw error;

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw error;
    }
}
