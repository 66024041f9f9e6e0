using System.Collections.Concurrent;
using System.Diagnostics;
using Rlhf.Training;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>Runs the job as a real child process: a shell script that honours the contract, or breaks it as the test asks.</summary>
public sealed class ShellJobLauncher(string blobs) : IJobLauncher, IDisposable
{
    private const string Preamble = """
        set -e
        run="$RLHF_STORAGE/$(dirname "$RLHF_JOB")"
        id="$(basename "$run")"
        write() { mkdir -p "$(dirname "$run/$1")"; printf '%s' "$2" > "$run/$1.part"; mv "$run/$1.part" "$run/$1"; }
        now="2026-01-01T00:00:00Z"
        status() { write status.json "{\"run\":\"$id\",\"state\":\"$1\",\"startedAt\":\"$now\",\"updatedAt\":\"$now\",\"progress\":$2${3:+,$3}}"; }

        """;

    /// <summary>Publishes models and scores each test comparison's first answer higher.</summary>
    public const string Succeeds = """
        status running 0.5
        write model/config.json '{}'
        write reward-model/config.json '{}'
        sed -n 's/^{"comparison":"\([^"]*\)".*/{"comparison":"\1","scores":{"a":1,"b":0}}/p' "$run/dataset/test-comparisons.jsonl" > "$run/test-scores.jsonl"
        status succeeded 1 "\"results\":{\"rewardModel\":\"runs/$id/reward-model\",\"model\":\"runs/$id/model\",\"klMean\":3.5}"
        """;

    public const string Fails = """
        status failed 0.2 "\"error\":{\"code\":\"model-missing\",\"message\":\"There is no model.\",\"remedy\":\"Put one there.\"}"
        exit 3
        """;

    /// <summary>Killed at half time the first time, and good the second.</summary>
    public const string DiesOnce = """
        if [ ! -e "$run/checkpoint" ]; then status running 0.5; write checkpoint half; kill -9 $$; fi

        """ + Succeeds;

    public const string DiesAlways = "status running 0; exit 137";

    /// <summary>Stuck half way the first time, and good the second.</summary>
    public const string HangsOnce = """
        if [ ! -e "$run/checkpoint" ]; then status running 0.5; write checkpoint half; exec sleep 600; fi

        """ + Succeeds;

    /// <summary>Gets a little further each time, and dies.</summary>
    public const string CreepsAndDies = """
        echo again >> "$run/starts"
        status running "0.0$(wc -l < "$run/starts")"
        exit 137
        """;

    /// <summary>Goes on until the test lets it end.</summary>
    public const string WaitsForLeave = """
        status running 0.1
        while [ ! -e "$run/leave" ]; do sleep 0.05; done

        """ + Succeeds;

    /// <summary>Keeps a long log in storage and fails without a reason.</summary>
    public const string FailsWithALongLog = """
        seq 1 20000 > "$run/log.txt"
        echo "CUDA error: out of memory" >> "$run/log.txt"
        status failed 0.2
        exit 1
        """;

    /// <summary>Runs until it is stopped.</summary>
    public const string Hangs = "status running 0.1; exec sleep 600";

    private readonly ConcurrentDictionary<RunId, Process> processes = new();

    public string Script { get; set; } = Succeeds;

    public int Started { get; private set; }

    /// <summary>What every call meets, while the launcher is away.</summary>
    public RlhfException? Trouble { get; set; }

    /// <summary>Stops that fail before one succeeds.</summary>
    public int FailingStops { get; set; }

    /// <summary>A job that runs longer is said to be overdue.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>A launcher of containers has no log to show.</summary>
    public bool HasLog { get; set; } = true;

    /// <summary>Starts whose answer is lost: the job runs, and nobody is told.</summary>
    public int LostAnswers { get; set; }

    public static RlhfException Away { get; } = new("launcher-away", "The launcher can't be reached.", "It is tried again.", 503) { IsTransient = true };

    public bool IsRunning(RunId run) => processes.TryGetValue(run, out var process) && !process.HasExited;

    public Task<string> StartAsync(RunId run, CancellationToken cancellation = default)
    {
        if (Trouble is { } trouble) throw trouble;
        if (!IsRunning(run))
        {
            Started++;
            var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", Preamble + Script }, UseShellExecute = false };
            start.Environment["RLHF_JOB"] = RunPaths.Job(run);
            start.Environment["RLHF_STORAGE"] = blobs;
            processes[run] = Process.Start(start)!;
        }
        if (LostAnswers-- > 0) throw Away;
        return Task.FromResult(processes[run].Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public Task<JobState> GetStateAsync(RunId run, string execution, CancellationToken cancellation = default)
    {
        if (Trouble is { } trouble) throw trouble;
        if (!processes.TryGetValue(run, out var process)) return Task.FromResult(new JobState(JobPhase.Unknown));
        if (!process.HasExited) return Task.FromResult(new JobState(DateTime.Now - process.StartTime > Deadline ? JobPhase.Overdue : JobPhase.Running));
        return Task.FromResult(new JobState(process.ExitCode == 0 ? JobPhase.Succeeded : JobPhase.Failed, process.ExitCode, HasLog ? "the end of the log" : null));
    }

    public Task StopAsync(RunId run, CancellationToken cancellation = default)
    {
        if (Trouble is { } trouble) throw trouble;
        if (FailingStops-- > 0) throw Away;
        if (IsRunning(run)) processes[run].Kill(entireProcessTree: true);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var process in processes.Values)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }
}
