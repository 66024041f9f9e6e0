namespace Rlhf.Infra.Tests.Hooks;

[Needs(Tool.Shell)]
public sealed class PreprovisionTests
{
    private const string Hook = "preprovision.sh";

    [ToolFact]
    public async Task Region_WithGpuAndQuota_IsTaken()
    {
        using var run = Usual();
        var result = await run.RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        Assert.Contains(run.Calls, each => each.Contains("list-supported --location swedencentral", StringComparison.Ordinal) && each.Contains("Consumption-GPU-NC8as-T4", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Calls, each => each.Contains("ad app create", StringComparison.Ordinal));
    }

    [ToolTheory]
    [InlineData("account show", 1, "", "az login")]
    [InlineData("list-flexconsumption-locations", 0, "0", "Flex Consumption")]
    [InlineData("list-supported", 0, "0", "RLHF_TRAINER_COMPUTE cpu")]
    [InlineData("list-usages", 0, "0.0\t0.0", "support request")]
    [InlineData("list-usages", 0, "1.0\t1.0", "1 of 1")]
    [InlineData("list-usages", 0, "3\t2", "3 of 2")]
    public async Task Obstacle_BeforeAnythingIsMade_IsNamedWithTheWayOut(string call, int code, string answer, string remedy)
    {
        using var run = new HookRun().Answers(call, answer, code);
        run.Environment["RLHF_JOB_NAME"] = "";
        var result = await Answered(run).RunAsync(Hook);
        Assert.Equal(1, result.Code);
        Assert.Contains(remedy, result.Errors, StringComparison.Ordinal);
    }

    [ToolTheory]
    [InlineData("0\t1")]
    [InlineData("1.0\t2.0")]
    public async Task Quota_WithSomeLeft_IsTaken(string usage)
    {
        using var run = new HookRun().Answers("list-usages", usage);
        run.Environment["RLHF_JOB_NAME"] = "";
        var result = await Answered(run).RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        Assert.DoesNotContain("quota", result.Output, StringComparison.Ordinal);
    }

    /// <summary>A second <c>azd up</c> while a training runs.</summary>
    [ToolFact]
    public async Task Quota_AllInUseWhereTheJobIsThere_IsSaidAndStopsNothing()
    {
        using var run = new HookRun().Answers("list-usages", "1\t1");
        run.Environment["RLHF_JOB_NAME"] = "trainer-demo";
        var result = await Answered(run).RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        Assert.Contains("1 of 1", result.Output, StringComparison.Ordinal);
    }

    [ToolTheory]
    [InlineData("")]
    [InlineData("None\tNone")]
    public async Task Quota_ThatCantBeRead_IsSaidAndStopsNothing(string usage)
    {
        using var run = new HookRun().Answers("list-usages", usage);
        var result = await Answered(run).RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        Assert.Contains("can't be read", result.Output, StringComparison.Ordinal);
    }

    [ToolTheory]
    [InlineData("cpu")]
    [InlineData("none")]
    public async Task Compute_WithoutAGpu_AsksForNone(string compute)
    {
        using var run = new HookRun().Answers("list-supported", "0").Answers("list-usages", "0");
        run.Environment["RLHF_TRAINER_COMPUTE"] = compute;
        var result = await Answered(run).RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        Assert.DoesNotContain(run.Calls, each => each.Contains("list-usages", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Compute_ThatIsNone_IsRefused()
    {
        using var run = Usual();
        run.Environment["RLHF_TRAINER_COMPUTE"] = "h100";
        var result = await run.RunAsync(Hook);
        Assert.Equal(1, result.Code);
        Assert.Contains("t4, a100, cpu or none", result.Errors, StringComparison.Ordinal);
    }

    [ToolFact]
    public async Task Region_NotChosen_IsAskedFor()
    {
        using var run = Usual();
        run.Environment["AZURE_LOCATION"] = "";
        var result = await run.RunAsync(Hook);
        Assert.Equal(1, result.Code);
        Assert.Contains("azd env set AZURE_LOCATION", result.Errors, StringComparison.Ordinal);
    }

    [ToolFact]
    public async Task SignIn_WithoutAnApplication_MakesAndRemembersOneBeforeTheRest()
    {
        using var run = new HookRun().Answers("ad app create", "66666666-6666-6666-6666-666666666666").Answers("ad sp create", "", 1);
        run.Environment["RLHF_AUTH_CLIENT_ID"] = "";
        var result = await Answered(run).RunAsync(Hook);
        Assert.NotEqual(0, result.Code);
        Assert.Contains("azd env set RLHF_AUTH_CLIENT_ID 66666666-6666-6666-6666-666666666666", run.Calls);
    }

    [ToolFact]
    public async Task SignIn_WithoutTheRightToMakeOne_SaysWhatAnAdministratorDoes()
    {
        using var run = new HookRun().Answers("ad app create", "", 1);
        run.Environment["RLHF_AUTH_CLIENT_ID"] = "";
        var result = await Answered(run).RunAsync(Hook);
        Assert.Equal(1, result.Code);
        Assert.Contains("administrator", result.Errors, StringComparison.Ordinal);
    }

    private static HookRun Usual() => Answered(new());

    // The first answer that fits counts, so what a test says goes before these.
    private static HookRun Answered(HookRun run) => run.Answers("list-flexconsumption-locations", "1").Answers("list-supported", "1").Answers("list-usages", "0.0\t1.0");
}
