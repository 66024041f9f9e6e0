using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.Durable;

/// <summary>Counts how many are inside at the same time.</summary>
public sealed class Gauge
{
    private readonly Lock gate = new();
    private int now;

    public int Most { get; private set; }

    public void Enter()
    {
        lock (gate) Most = Math.Max(Most, ++now);
    }

    public void Leave()
    {
        lock (gate) now--;
    }

    public int Now
    {
        get
        {
            lock (gate) return now;
        }
    }
}

/// <summary>Stays inside until as many as may be are there, or it is clear that no more come.</summary>
public sealed class Measure(Gauge gauge) : Activity<int, int>
{
    public override async Task<int> RunAsync(int input, CancellationToken cancellation)
    {
        gauge.Enter();
        for (var i = 0; i < 20 && gauge.Now < 4; i++) await Task.Delay(2, cancellation);
        gauge.Leave();
        return input;
    }
}

public sealed class MeasureMany : Orchestrator<int, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, int input) =>
        (await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<int>(nameof(Measure), i)))).Length;
}

/// <summary>Keeps log lines by category.</summary>
public sealed class LineCollector : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, string Line)> lines = new();

    public IReadOnlyList<string> Of(string category) => [.. lines.Where(l => l.Category == category).Select(l => l.Line)];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private sealed class Logger(LineCollector owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.lines.Enqueue((category, formatter(state, exception)));
    }
}
