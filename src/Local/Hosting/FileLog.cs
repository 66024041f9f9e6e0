using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Rlhf.Telemetry;

namespace Rlhf.Local.Hosting;

/// <summary>The host's log as a file (<c>logs/host.log</c>), since the terminal shows progress instead. One earlier file is kept.</summary>
public sealed class FileLog : ILoggerProvider, ISupportExternalScope
{
    private const long MostBytes = 20 << 20;

    private readonly BlockingCollection<string> lines = new(10_000);
    private readonly Thread writer;
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public FileLog(string folder)
    {
        var path = Path.Combine(folder, "host.log");
        if (File.Exists(path) && new FileInfo(path).Length > MostBytes) File.Move(path, Path.Combine(folder, "host.1.log"), overwrite: true);
        var file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        writer = new(() => Write(file)) { IsBackground = true, Name = "host log" };
        writer.Start();
    }

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lines.CompleteAdding();
        writer.Join(TimeSpan.FromSeconds(5));
    }

    private void Write(StreamWriter file)
    {
        using (file)
        {
            foreach (var line in lines.GetConsumingEnumerable())
            {
                file.WriteLine(line);
                if (lines.Count == 0) file.Flush();
            }
        }
    }

    /// <summary>What the work is about, e.g. <c> [campaign=support batch=support-r1-b00001]</c>: of each id the innermost.</summary>
    private string Scopes()
    {
        var ids = new Dictionary<string, string>();
        scopes.ForEachScope((scope, found) =>
        {
            if (scope is not WorkIds work) return;
            foreach (var (name, id) in work) found[name] = $"{char.ToLowerInvariant(name[0])}{name[1..]}={id}";
        }, ids);
        if (Activity.Current is { Recorded: true } span) ids["Trace"] = $"trace={span.TraceId}";
        return ids.Count == 0 ? "" : $" [{string.Join(' ', ids.Values)}]";
    }

    private sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || log.lines.IsAddingCompleted) return;
            var text = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {logLevel} {name}{log.Scopes()}: {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
            // A log that can't keep up loses lines rather than holding up who logs.
            log.lines.TryAdd(text);
        }
    }
}
