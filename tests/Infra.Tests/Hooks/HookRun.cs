namespace Rlhf.Infra.Tests.Hooks;

/// <summary>Runs a hook of <c>azure.yaml</c> as azd would, with programs of our own in place of <c>az</c>, <c>azd</c> and <c>curl</c>, which write down what they are asked.</summary>
internal sealed class HookRun : IDisposable
{
    // Prints the first answer whose pattern is in the arguments, and keeps a copy of every file that is named in them. "once" answers are used up.
    private const string Program = """
        #!/usr/bin/env bash
        printf '%s %s\n' "$(basename "$0")" "$*" >>"$FAKE/calls"
        for argument in "$@"; do
          file=${argument#@}
          if [ -f "$file" ]; then cp "$file" "$FAKE/files/$(basename "$file")"; fi
        done
        number=0
        while IFS=$'\t' read -r times pattern code answer; do
          number=$((number + 1))
          if [[ "$(basename "$0") $*" == *"$pattern"* ]]; then
            if [ "$times" = once ]; then sed -i "${number}d" "$FAKE/answers"; fi
            printf '%s' "$answer"
            exit "$code"
          fi
        done <"$FAKE/answers"
        exit 0
        """;

    private readonly TemporaryFolder folder = new();
    private readonly List<string> answers = [];

    public HookRun()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "files"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "bin"));
        foreach (var name in new[] { "az", "azd", "curl" })
        {
            var program = Path.Combine(folder.Path, "bin", name);
            File.WriteAllText(program, Program);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public Dictionary<string, string> Environment { get; } = new()
    {
        ["AZURE_ENV_NAME"] = "demo",
        ["AZURE_LOCATION"] = "swedencentral",
        ["AZURE_SUBSCRIPTION_ID"] = "00000000-0000-0000-0000-000000000000",
        ["AZURE_RESOURCE_GROUP"] = "rg-demo",
        ["RLHF_AUTH_CLIENT_ID"] = "22222222-2222-2222-2222-222222222222",
        ["RLHF_APP_NAME"] = "func-demo",
        ["RLHF_APP_ADDRESS"] = "https://func-demo.azurewebsites.net",
        ["RLHF_APP_PRINCIPAL"] = "55555555-5555-5555-5555-555555555555",
        ["RLHF_STORAGE_NAME"] = "stdemo",
        ["RLHF_TOPIC_NAME"] = "evgt-demo",
        ["RLHF_VAULT_NAME"] = "kv-demo",
        ["RLHF_SIGNING_KEYS_NAME"] = "signing-keys",
        ["RLHF_REGISTRY_NAME"] = "crdemo",
        ["RLHF_JOB_NAME"] = "trainer-demo",
        ["RLHF_TRAINER_COMPUTE"] = "t4",
        ["RLHF_TRAINER_IMAGE"] = "",
        ["RLHF_HOOK_PAUSE"] = "0",
        ["RLHF_HOOK_TRIES"] = "4",
    };

    public IReadOnlyList<string> Calls => File.Exists(Path.Combine(folder.Path, "calls")) ? File.ReadAllLines(Path.Combine(folder.Path, "calls")) : [];

    /// <summary>The last file of that name that a program was given.</summary>
    public string FileGiven(string name) => File.ReadAllText(Path.Combine(folder.Path, "files", name));

    public HookRun Answers(string pattern, string answer, int code = 0, bool once = false)
    {
        answers.Add($"{(once ? "once" : "always")}\t{pattern}\t{code}\t{answer}");
        return this;
    }

    public async Task<CommandResult> RunAsync(string hook)
    {
        await File.WriteAllLinesAsync(Path.Combine(folder.Path, "answers"), answers);
        Environment["FAKE"] = folder.Path;
        Environment["PATH"] = Path.Combine(folder.Path, "bin") + Path.PathSeparator + System.Environment.GetEnvironmentVariable("PATH");
        return await Command.RunAsync(Repository.PathOf("infra", "hooks", hook), Repository.Root, Environment);
    }

    public void Dispose() => folder.Dispose();
}
