using System.Diagnostics;

namespace Rlhf.Bench.Functions;

/// <summary>Host and worker are killed while rankings pour in. What the server said it has must be there, once, and every pair within two minutes.</summary>
internal static class CrashTest
{
    private const string CommandVariable = "RLHF_HOST_COMMAND";

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PairsWithin = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(LoadOptions options, int killAfter, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable(CommandVariable) is not { Length: > 0 } command)
        {
            Console.WriteLine($"skipped: {CommandVariable} does not say how to start a Functions host here");
            return 0;
        }
        using var app = new FunctionsApp(options);
        await using var chat = await InstantChat.StartAsync(cancellation);
        var host = await StartAsync(command, app, cancellation);
        try
        {
            var campaign = await app.CreateAsync(chat.Address, cancellation);
            var invites = await app.InviteAsync(campaign, options.Clients, cancellation);
            await app.AddPromptsAsync(campaign, cancellation);
            await app.UntilAsync(campaign, p => p.Open == options.Prompts, $"{options.Prompts} comparisons open", cancellation);

            var annotators = new Annotators(app, campaign, invites);
            var killed = new TaskCompletionSource();
            var restart = RestartAsync();
            await annotators.RunAsync(options.Prompts, async _ =>
            {
                await killed.Task;
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellation);
                return true;
            }, cancellation);
            await restart;
            return await CheckAsync(app, campaign, annotators, options.Prompts, cancellation);

            async Task RestartAsync()
            {
                while (annotators.Accepted.Count < killAfter) await Task.Delay(10, cancellation);
                // A killed host leaves its worker running, so both.
                host.Kill(entireProcessTree: true);
                await host.WaitForExitAsync(cancellation);
                Console.WriteLine($"killed with {annotators.Accepted.Count} rankings accepted");
                var begun = Stopwatch.GetTimestamp();
                killed.SetResult();
                host.Dispose();
                host = await StartAsync(command, app, cancellation);
                Console.WriteLine($"answers again after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
            }
        }
        finally
        {
            host.Kill(entireProcessTree: true);
            host.Dispose();
        }
    }

    private static async Task<int> CheckAsync(FunctionsApp app, CampaignId campaign, Annotators annotators, int comparisons, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var progress = await app.UntilAsync(campaign, p => p.Pairs >= comparisons, $"{comparisons} pairs", cancellation);
        var took = Stopwatch.GetElapsedTime(begun);
        var rankings = progress.Rankings.Values.Sum();
        var pairs = await app.CountPairsAsync(campaign, cancellation);
        Console.WriteLine($"all pairs {took.TotalSeconds:0.0} s after the last ranking; {annotators.Accepted.Count} comparisons ranked, {rankings} rankings count, {pairs} pairs exported");
        var failures = new List<string>();
        if (rankings != comparisons) failures.Add($"{comparisons} comparisons of overlap 1 have {rankings} rankings that count");
        if (pairs != comparisons) failures.Add($"{comparisons} rankings gave {pairs} pairs");
        if (took > PairsWithin) failures.Add($"the pairs took {took}, longer than {PairsWithin}");
        foreach (var failure in failures) Console.Error.WriteLine($"FAILED: {failure}");
        if (failures.Count == 0) Console.WriteLine("nothing lost, nothing doubled");
        return failures.Count == 0 ? 0 : 1;
    }

    private static async Task<Process> StartAsync(string command, FunctionsApp app, CancellationToken cancellation)
    {
        var host = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec " + command]))!;
        var begun = Stopwatch.GetTimestamp();
        while (!await app.AnswersAsync(cancellation))
        {
            if (host.HasExited) throw new InvalidOperationException($"The host ended with code {host.ExitCode}: {command}");
            if (Stopwatch.GetElapsedTime(begun) > StartPatience) throw new TimeoutException($"No function answered within {StartPatience}.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
        }
        return host;
    }
}
