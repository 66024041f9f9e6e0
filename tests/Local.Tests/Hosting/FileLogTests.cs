using Microsoft.Extensions.Logging;
using Rlhf.Contracts;
using Rlhf.Local.Hosting;
using Rlhf.Telemetry;

namespace Rlhf.Local.Tests.Hosting;

public sealed class FileLogTests
{
    [Fact]
    public void Log_WithinScopes_HasTheInnermostIdsAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        // A factory leaves a provider that it was given open; the log's end is what writes its last lines.
        using (var log = new FileLog(folder.Path))
        using (var factory = LoggerFactory.Create(logging => logging.AddProvider(log)))
        {
            var logger = factory.CreateLogger("Test");
            using var request = logger.BeginScope(new Dictionary<string, object> { ["RequestPath"] = "/somewhere" });
            using var outer = logger.BeginScope(WorkIds.OfInstance("support"));
            using (logger.BeginScope(WorkIds.OfInstance("support-r1-b00001"))) Say(logger, "inside");
            Say(logger, "outside");
        }

        var lines = File.ReadAllLines(Path.Combine(folder.Path, "host.log"));

        Assert.EndsWith("Information Test [campaign=support batch=support-r1-b00001]: inside", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("Information Test [campaign=support]: outside", lines[1], StringComparison.Ordinal);
    }

    private static void Say(ILogger logger, string text) => logger.Log(LogLevel.Information, default, text, null, (state, _) => state);
}
