using Rlhf.Prompts;

namespace Rlhf.Local.Inbox;

/// <summary>Looks into the inbox every second: a folder on this machine, a container on Azurite. Looking costs less than a notification that is lost.</summary>
public sealed partial class InboxWatch(InboxSweeper sweeper, TimeProvider time, ILogger<InboxWatch> logger) : BackgroundService
{
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    /// <summary>Told of every file that was read.</summary>
    public event Action<IngestReport>? Read;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var report in await sweeper.SweepAsync(cancellation)) Read?.Invoke(report);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The inbox could not be looked at; the next look comes in a second")]
    private partial void LogFailed(Exception exception);
}
