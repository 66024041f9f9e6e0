using System.Diagnostics;

namespace Rlhf.Training.Launching;

/// <summary>The trainer's program: built once in the background, because its 700 MB of libtorch must not delay the first page. <see cref="ChildProcessOptions.Trainer"/> names a built one, or another program that honours the job's contract.</summary>
public sealed class TrainerProgram(ChildProcessOptions options) : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private Task<string>? build;

    private string LogFile => Path.Combine(options.Folder, "trainer-build.log");

    /// <summary>Starts the build, if it has not been; <see cref="PathAsync"/> waits for it.</summary>
    public void Prepare() => _ = Building();

    /// <summary>The path of <c>rlhf-trainer.dll</c>, once it is built, or of the program named instead.</summary>
    /// <exception cref="RlhfException"><c>trainer-missing</c>, <c>trainer-not-built</c>.</exception>
    public Task<string> PathAsync(CancellationToken cancellation) => Building().WaitAsync(cancellation);

    private Task<string> Building()
    {
        lock (gate)
        {
            // A build that failed (no network, say) is tried again when somebody asks again.
            if (build is null || build.IsFaulted || build.IsCanceled) build = options.Trainer is { } path ? ExistingAsync(path) : BuildAsync();
            return build;
        }
    }

    // Asynchronous so that a path that leads nowhere is the task's failure, not the caller's of Prepare.
    private static Task<string> ExistingAsync(string path) => File.Exists(path) ? Task.FromResult(Path.GetFullPath(path)) : Task.FromException<string>(new RlhfException(
        "trainer-missing", $"RLHF_TRAINER names '{path}', and there is no such file.", "Set it to the path of rlhf-trainer.dll or of another program, or unset it to build src/Trainer."));

    private async Task<string> BuildAsync()
    {
        var project = options.Source ?? throw new RlhfException("trainer-missing", "No trainer is named, and the project's source is not here to build one from.",
            "Set RLHF_TRAINER to the path of rlhf-trainer.dll or of another program that honours the job's contract.");
        Directory.CreateDirectory(options.Folder);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = project,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            ArgumentList = { "build", project, "-c", "Release", "--nologo", "--verbosity", "minimal", "-nodeReuse:false" },
        };
        // Set by `dotnet run` and `dotnet test` for their own build engine.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        await using (var log = new FileStream(LogFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet build did not start.");
            YieldTo(process);
            try
            {
                process.StandardInput.Close();
                await Task.WhenAll(
                    process.StandardOutput.BaseStream.CopyToAsync(log, stopping.Token), process.StandardError.BaseStream.CopyToAsync(Stream.Null, stopping.Token));
                await process.WaitForExitAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
            if (process.ExitCode != 0)
            {
                await log.FlushAsync();
                throw new RlhfException("trainer-not-built", $"The trainer could not be built (dotnet build ended with {process.ExitCode}): {LogTail.Of(LogFile, 5)}",
                    $"The whole log is {LogFile}. Set the cause right (often the network: libtorch is about 700 MB), then: {options.Again}");
            }
        }
        return Path.Combine(project, "bin", "Release", "net10.0", "rlhf-trainer.dll");
    }

    // The first answers are generated meanwhile, and somebody is waiting for them.
    private static void YieldTo(Process build)
    {
        try
        {
            build.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            // It is a courtesy; the build may also have ended by now.
        }
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }
}
