namespace Rlhf.Infra.Tests.Workflows;

/// <summary>What <c>.ci/check-image</c> makes of an image, with a program of ours in Docker's place.</summary>
[Needs(Tool.Shell)]
public sealed class CheckImageTests
{
    // Does what a job that honours the contract does, unless the image is called otherwise.
    private const string Docker = """
        #!/usr/bin/env bash
        printf '%s\n' "$*" >>"$CALLS"
        command=${*: -1} image=${*: -2:1}
        [ "$command-$image" != doctor-sick ] || exit 1
        [ "$command" = job ] || exit 0
        while [ "$1" != --volume ]; do shift; done
        run=${2%%:*}/runs/check-run1
        state=succeeded
        if [ "$image" = failing ]; then state=failed; fi
        grep -q '"stages": \["reward", "ppo", "export"\]' "$run/job.json" && [ "$(wc -l <"$run/dataset/pairs.jsonl")" = 8 ] || exit 3
        mkdir -p "$run/model" "$run/reward-model"
        for file in metrics.jsonl model/model.safetensors model/model.onnx reward-model/model.safetensors; do echo x >"$run/$file"; done
        if [ "$image" = incomplete ]; then rm "$run/model/model.onnx"; fi
        echo "{\"state\":\"$state\"}" >"$run/status.json"
        """;

    [ToolFact]
    public async Task Image_ThatTrains_Passes()
    {
        var (result, calls) = await CheckAsync("good");
        Assert.True(result.Code == 0, result.All);
        Assert.Equal(["doctor", "job"], calls.Select(call => call.Split(' ')[^1]));
        Assert.All(calls, call => Assert.Contains("RLHF_JOB=runs/check-run1/job.json", call, StringComparison.Ordinal));
    }

    [ToolTheory]
    [InlineData("sick")]
    [InlineData("failing")]
    [InlineData("incomplete")]
    public async Task Image_ThatDoesNot_IsRefused(string image) => Assert.NotEqual(0, (await CheckAsync(image)).Result.Code);

    private static async Task<(CommandResult Result, IReadOnlyList<string> Calls)> CheckAsync(string image)
    {
        using var folder = new TemporaryFolder();
        var docker = Path.Combine(folder.Path, "docker");
        await File.WriteAllTextAsync(docker, Docker);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var calls = Path.Combine(folder.Path, "calls");
        var environment = new Dictionary<string, string> { ["CALLS"] = calls, ["PATH"] = folder.Path + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH") };
        var result = await Command.RunAsync(Repository.PathOf(".ci", "check-image"), Repository.Root, environment, image);
        return (result, await File.ReadAllLinesAsync(calls));
    }
}
