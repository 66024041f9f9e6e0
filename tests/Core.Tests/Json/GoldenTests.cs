using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Contracts;
using Rlhf.Json;

namespace Rlhf.Core.Tests.Json;

/// <summary>The JSON of every payload record, held to files: instances in flight and rows in storage have the form of yesterday's program.</summary>
public sealed class GoldenTests
{
    private const string WriteVariable = "RLHF_GOLDEN";

    private static readonly string Folder = Repository.File("tests", "Core.Tests", "Json", "Golden");
    private static readonly string OldFolder = Path.Combine(Folder, "Old");

    public static TheoryData<string> Records => [.. PayloadRecords.All.Keys];

    public static TheoryData<string> OldForms => [.. Directory.EnumerateFiles(OldFolder, "*.json").Select(file => Path.GetFileName(file)).Order()];

    [Theory]
    [MemberData(nameof(Records))]
    public void Json_OfARecord_IsWhatItsGoldenFileHolds(string record)
    {
        var type = PayloadRecords.All[record];
        var json = JsonSerializer.Serialize(SampleValues.Of(type), type, RlhfJson.Indented) + "\n";
        var file = Path.Combine(Folder, record + ".json");
        if (Environment.GetEnvironmentVariable(WriteVariable) == "write") Write(record, file, json);
        var golden = File.Exists(file) ? File.ReadAllText(file) : "";
        Assert.True(golden == json, $"The JSON form of {record} is not what {file} holds:\n{Difference(golden, json)}\n{WayOut}");
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Golden_ReadAndWrittenAgain_IsTheSame(string record)
    {
        var type = PayloadRecords.All[record];
        var golden = File.ReadAllText(Path.Combine(Folder, record + ".json"));
        Assert.Equal(golden, JsonSerializer.Serialize(JsonSerializer.Deserialize(golden, type, RlhfJson.Options), type, RlhfJson.Indented) + "\n");
    }

    [Theory]
    [MemberData(nameof(OldForms))]
    public void OldForm_IsReadWithAllItSays(string form)
    {
        var type = PayloadRecords.All[form.Split('.')[0]];
        var old = JsonNode.Parse(File.ReadAllText(Path.Combine(OldFolder, form)))!.AsObject();
        var now = JsonSerializer.SerializeToNode(old.Deserialize(type, RlhfJson.Options), type, RlhfJson.Options)!.AsObject();
        foreach (var (name, value) in old)
            Assert.True(IsIn(value, now[name]), $"'{name}' of {form} was {value?.ToJsonString()} and is read as {now[name]?.ToJsonString() ?? "nothing"}.");
    }

    [Fact]
    public void Golden_NoFile_IsOfARecordThatIsGone() =>
        Assert.Empty(Directory.EnumerateFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).Except(PayloadRecords.All.Keys));

    /// <summary>Whether all that was said is said now: a member that came later may stand beside it at any depth.</summary>
    private static bool IsIn(JsonNode? old, JsonNode? now) => (old, now) switch
    {
        (JsonObject before, JsonObject after) => before.All(member => IsIn(member.Value, after[member.Key])),
        (JsonArray before, JsonArray after) => before.Count == after.Count && before.Zip(after).All(pair => IsIn(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(old, now),
    };

    private static string WayOut => $"""
        Instances in flight and rows in storage have the old form. Where it can still be read (a new member is optional), write the new file:
            {WriteVariable}=write dotnet test tests/Core.Tests --filter {nameof(GoldenTests)}
        It keeps the old one under Golden/Old, which stays readable from then on. Where it can't be read, give the record another name.
        """;

    private static void Write(string record, string file, string json)
    {
        if (File.Exists(file) && File.ReadAllText(file) != json)
        {
            var number = Directory.EnumerateFiles(OldFolder, record + ".*.json").Count() + 1;
            File.Copy(file, Path.Combine(OldFolder, $"{record}.{number}.json"));
        }
        File.WriteAllText(file, json);
    }

    private static string Difference(string before, string after)
    {
        var (old, now) = (before.Split('\n'), after.Split('\n'));
        return string.Join('\n', old.Except(now).Select(line => "- " + line).Concat(now.Except(old).Select(line => "+ " + line)));
    }
}
