using System.Text;
using System.Text.Json.Nodes;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Core.Tests.Preferences;

public sealed class TrlExportTests
{
    [Fact]
    public async Task Write_PairsOfAllBatches_AsConversationsWithTheirSplitAndKinds()
    {
        using var folder = new TemporaryFolder();
        var blobs = new FileBlobStore(folder.Path);
        await JsonLines.WriteAsync(blobs, "campaigns/demo/pairs/1/demo-r1-b00002.jsonl", [Pair(3)]);
        await JsonLines.WriteAsync(blobs, "campaigns/demo/pairs/1/demo-r1-b00001.jsonl", [Pair(1), Pair(2)]);
        await JsonLines.WriteAsync(blobs, "campaigns/demo-two/pairs/1/demo-two-r1-b00001.jsonl", [Pair(9)]);
        using var output = new MemoryStream();
        await TrlExport.WriteAsync(blobs, new("demo"), output);

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(["chosen 1", "chosen 2", "chosen 3"], lines.Select(l => (string?)l["chosen"]![0]!["content"]));
        Assert.Equal(("user", "assistant", "rejected 1"), ((string?)lines[0]["prompt"]![0]!["role"], (string?)lines[0]["chosen"]![0]!["role"], (string?)lines[0]["rejected"]![0]!["content"]));
        Assert.Equal(("validation", "simulated"), ((string?)lines[0]["split"], (string?)lines[0]["annotatorKinds"]![0]));
    }

    private static PreferencePair Pair(int number) => new(
        new($"c{number}"), new($"p{number}"), [new(MessageRole.User, "Hello?")], $"chosen {number}", $"rejected {number}", Split.Validation, 1, 1, 1, [AnnotatorKind.Simulated], 1, 1);
}
