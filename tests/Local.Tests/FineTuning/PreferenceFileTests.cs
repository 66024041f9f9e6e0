using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.FineTuning;

namespace Rlhf.Local.Tests.FineTuning;

public sealed class PreferenceFileTests : IDisposable
{
    private static readonly RunId Run = new("support-run1");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_TiesOfASoftRule_GoNowhereAndAreCounted()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await WriteAsync(host, [.. Enumerable.Range(0, 10).Select(i => Pair(i, 0.75)), Pair(10, 0.5), Pair(11, 0.5)]);
        var (train, _) = await new PreferenceFileWriter(host.Blobs).WriteAsync(Run);
        Assert.Equal((10, 2), (train.Pairs, train.Even));
        var text = await host.Blobs.ReadTextAsync(train.Path);
        Assert.Contains("better 9", text, StringComparison.Ordinal);
        Assert.DoesNotContain("better 10", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_TiesDoNotMakeUpForPairs()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await WriteAsync(host, [.. Enumerable.Range(0, 9).Select(i => Pair(i, 1)), Pair(9, 0.5)]);
        var refused = await Assert.ThrowsAsync<RlhfException>(() => new PreferenceFileWriter(host.Blobs).WriteAsync(Run));
        Assert.Equal("too-few-pairs", refused.Code);
    }

    private static Task<string> WriteAsync(PipelineHost host, IReadOnlyList<PreferencePair> pairs) => JsonLines.WriteAsync(host.Blobs, RunPaths.Pairs(Run), pairs, CancellationToken.None);

    private static PreferencePair Pair(int number, double preference) => new(
        new($"c{number}"), new($"p{number}"), [new(MessageRole.User, $"Question {number}?")], $"better {number}", $"worse {number}", Split.Train, 1, preference, 1, [AnnotatorKind.Person], 1, 2);
}
