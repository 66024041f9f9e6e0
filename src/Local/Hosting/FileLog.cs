using System.Collections.Concurrent;
using System.Globalization;

namespace Rlhf.Local.Hosting;

/// <summary>The host's log as a file (<c>logs/host.log</c>), since the terminal shows progress instead. One earlier file is kept.</summary>
public sealed class FileLog : ILoggerProvider
{
    private const long MostBytes = 20 << 20;

    private readonly BlockingCollection<string> lines = new(10_000);
    private readonly Thread writer;

    public FileLog(string folder)
    {
        var path = Path.Combine(folder, "host.log");
        if (File.Exists(path) && new FileInfo(path).Length > MostBytes) File.Move(path, Path.Combine(folder, "host.1.log"), overwrite: true);
        var file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        writer = new(() => Write(file)) { IsBackground = true, Name = "host log" };
        writer.Start();
    }

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

    private sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || log.lines.IsAddingCompleted) return;
            var text = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {logLevel} {name}: {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
            // A log that can't keep up loses lines rather than holding up who logs.
            log.lines.TryAdd(text);
        }
    }
}
