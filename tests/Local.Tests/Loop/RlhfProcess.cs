using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Rlhf.Local.Tests.Loop;

/// <summary>The program itself, as a child process without a terminal.</summary>
internal sealed class RlhfProcess : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(6);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RlhfProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => { if (e.Data is not null) lines.Enqueue(e.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    public string Output => string.Join('\n', lines);

    public int Id => process.Id;

    public static RlhfProcess Start(TestFolder folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Start(folder, "dotnet", [Program, .. arguments], environment);

    /// <summary>A command as the program printed it, typed into a shell: <c>./run</c> is the program.</summary>
    public static RlhfProcess Type(TestFolder folder, string command)
    {
        folder.WriteScript("run", $"exec dotnet '{Program}' \"$@\"");
        // In the shell's place, so that what ends the process ends the program.
        return Start(folder, "sh", ["-c", $"exec {command}"]);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "rlhf.dll");

    private static RlhfProcess Start(TestFolder folder, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder.Root,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (Trainer() is { } trainer) start.Environment["RLHF_TRAINER"] = trainer;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<int> ExitAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            await outputEnded.Task.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end within {patience}:\n{Output}");
        }
        return process.ExitCode;
    }

    /// <summary>The last command that it said to type.</summary>
    public string Hint => lines.Select(line => line.Split("./run")).Last(parts => parts.Length == 2) is [_, var options] ? $"./run{options}" : throw new InvalidOperationException(Output);

    /// <summary>Waits until what it has written holds <paramref name="text"/>.</summary>
    public Task SaysAsync(string text) => UntilAsync(() => Output.Contains(text, StringComparison.Ordinal), $"'{text}'");

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < patience;)
        {
            if (condition()) return;
            if (process.HasExited && !condition()) throw new InvalidOperationException($"It ended with {process.ExitCode} before {what}:\n{Output}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"No {what} within {patience}:\n{Output}");
    }

    /// <summary>kill -9: of this process alone, not of the trainer it started.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What Ctrl-C and a service manager do.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>The trainer that the build of the tests made, so that no test builds one.</summary>
    internal static string? Trainer()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var path = Path.Combine(SolutionFolder.Require("The trainer"), "src", "Trainer", "bin", configuration, "net10.0", "rlhf-trainer.dll");
        return File.Exists(path) ? path : null;
    }

    private void Add(string? line)
    {
        if (line is null) outputEnded.TrySetResult();
        else lines.Enqueue(line);
    }
}

/// <summary>A data and an output folder of a test's own.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("rlhf-loop-").FullName;

    public string Data => Path.Combine(Root, "data");

    public string Out => Path.Combine(Root, "out");

    public JsonObject Summary => JsonNode.Parse(File.ReadAllText(Path.Combine(Out, "summary.json")))!.AsObject();

    /// <summary>A loop of a minute at most: few prompts, few steps.</summary>
    public string[] Small(string command, params string[] more) => [command, "--prompts", "120", "--steps", "3", "--share", "0", .. Where, .. more];

    public string[] Where => ["--data", Data, "--out", Out, "--port", "0"];

    public string Write(string name, string content)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllText(path, content);
        return path;
    }

    public string WriteScript(string name, string content)
    {
        var path = Write(name, $"#!/bin/sh\n{content}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Trainers that a killed host left behind must not outlive the test.</summary>
    public void Dispose()
    {
        foreach (var record in Directory.Exists(Path.Combine(Data, "jobs")) ? Directory.EnumerateFiles(Path.Combine(Data, "jobs"), "*.json") : [])
        {
            using var trainer = Rlhf.Training.Launching.JobRecord.Read(Path.GetDirectoryName(record)!, RunId.From(Path.GetFileNameWithoutExtension(record)))?.Process.Find();
            trainer?.Kill(entireProcessTree: true);
            trainer?.WaitForExit();
        }
        Directory.Delete(Root, recursive: true);
    }
}
