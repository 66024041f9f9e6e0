namespace Rlhf.Infra.Tests.Workflows;

public sealed class WorkflowTests
{
    private static string Test => File.ReadAllText(Repository.PathOf(".github", "workflows", "test.yml"));

    private static string TrainerImage => File.ReadAllText(Repository.PathOf(".github", "workflows", "trainer-image.yml"));

    [Fact]
    public void Workflows_All_KeepTheRules()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf(".github", "workflows")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["test.yml", "trainer-image.yml"], files);
        Assert.Empty(WorkflowRules.Check(Test));
        Assert.Empty(WorkflowRules.Check(TrainerImage, "packages"));
        Assert.Empty(WorkflowRules.Publishing(TrainerImage));
    }

    [Fact]
    public void Test_OnPushAndPullRequest_RunsTheCommandPeopleRun()
    {
        var workflow = Yaml.Read(Test);
        Assert.Equal(["push", "pull_request", "workflow_call"], workflow.Find("on").Entries().Select(each => each.Key));
        Assert.Contains("./test", workflow.Find("jobs", "test", "steps").Items().Select(step => step.Text("run")));
        Assert.True(File.Exists(Repository.PathOf("test")));
    }

    [Fact]
    public void TrainerImage_OnTagsOnly_BuildsTheDockerfileThatIsThere()
    {
        var workflow = Yaml.Read(TrainerImage);
        Assert.Equal("v*", workflow.Find("on", "push", "tags").Items().Single().ToString());
        Assert.Equal(["push"], workflow.Find("on").Entries().Select(each => each.Key));
        var build = workflow.Find("jobs", "publish", "steps").Items().Single(step => step.Text("uses")?.StartsWith("docker/build-push-action@", StringComparison.Ordinal) == true);
        Assert.True(File.Exists(Repository.PathOf(build.Text("with", "file")!)));
    }

    [Theory]
    [InlineData("    needs: test\n", "", "does not wait for the tests")]
    [InlineData("uses: ./.github/workflows/test.yml", "uses: ./.github/workflows/other.yml", "does not wait for the tests")]
    [InlineData("push: false", "push: true", "pushes what was not run")]
    [InlineData("load: true", "load: false", "in this order")]
    [InlineData(".ci/check-image \"$IMAGE\"", "echo \"$IMAGE\"", "in this order")]
    [InlineData("      - run: .ci/check-image", "      - run: docker push --all-tags \"$IMAGE\"\n      - run: .ci/check-image", "in this order")]
    public void Publishing_OnAMutatedWorkflow_NamesWhatIsBroken(string from, string to, string problem)
    {
        Assert.Contains(from, TrainerImage, StringComparison.Ordinal);
        Assert.Contains(WorkflowRules.Publishing(TrainerImage.Replace(from, to, StringComparison.Ordinal)), each => each.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "not pinned")]
    [InlineData(" # v7.0.1", "", "not pinned")]
    [InlineData("permissions:\n  contents: read\n", "", "default permissions")]
    [InlineData("permissions:\n  contents: read\n", "permissions: write-all\n", "write-all")]
    [InlineData("contents: read", "contents: write", "may write contents")]
    [InlineData("  pull_request:\n", "  pull_request_target:\n", "pull_request_target")]
    [InlineData("persist-credentials: false", "persist-credentials: true", "leaves its token")]
    [InlineData("run: ./test", "run: ./test ${{ github.event.pull_request.title }}", "takes an expression")]
    [InlineData("    timeout-minutes: 60\n", "", "no time-out")]
    [InlineData("concurrency:\n  group: test-${{ github.ref }}\n  cancel-in-progress: true\n", "", "no concurrency")]
    public void Rules_OnAMutatedWorkflow_NameWhatIsBroken(string from, string to, string problem)
    {
        Assert.Contains(from, Test, StringComparison.Ordinal);
        Assert.Contains(WorkflowRules.Check(Test.Replace(from, to, StringComparison.Ordinal)), each => each.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Rules_WhereAnotherPermissionIsWritten_NameIt() =>
        Assert.Contains("publish may write id-token", WorkflowRules.Check(TrainerImage.Replace("packages: write", "id-token: write", StringComparison.Ordinal), "packages"));
}
