using System.Text.Json;
using Rlhf.Json;
using Rlhf.Local.Hosting;

namespace Rlhf.Local.Loop;

public enum LoopMode
{
    /// <summary>Sample prompts, simulated annotators beside whoever ranks at the link, trained and judged by itself.</summary>
    Run,

    /// <summary>Ranked by people only, trained when somebody asks.</summary>
    Serve,
}

/// <summary>What a <c>run</c> or <c>serve</c> was asked to do: <c>&lt;data&gt;/loops/&lt;campaign&gt;.json</c>. Written before anything else, so that <c>resume</c> can do all of it again;
/// every step looks at what is there first.</summary>
/// <param name="File">Prompts to drop: the project's sample or somebody's own file.</param>
/// <param name="IsSample">The project's own support messages: the rule knows them, so simulated annotators may rank.</param>
/// <param name="Azurite">Where its storage is; resuming elsewhere would not find it.</param>
/// <param name="Seconds">Spent so far by hosts that ended in an orderly way.</param>
public sealed record LoopRecord(
    CampaignId Campaign, LoopMode Mode, string File, bool IsSample, LoopSettings Settings, DateTimeOffset StartedAt, bool Azurite = false,
    bool Dropped = false, bool SimulationStarted = false, double Seconds = 0, bool Finished = false);

/// <summary>What the command line chose.</summary>
/// <param name="Model">Folder of the policy, which writes answers too; null is the shipped one.</param>
/// <param name="Prompts">How many of the sample's prompts; null is all.</param>
/// <param name="Steps">PPO steps; null is the default.</param>
/// <param name="Share">Of the comparisons: what three annotators rank.</param>
/// <param name="Endpoint">An OpenAI-compatible or Azure OpenAI address that writes half of the answers.</param>
public sealed record LoopSettings(
    long Seed = 1, int Annotators = 4, int Answers = 2, int Overlap = 1, string? Model = null, int? Prompts = null, int? Steps = null,
    Uri? Endpoint = null, string? EndpointModel = null, double Share = 0.1);

/// <summary>The records of a data folder.</summary>
public sealed class LoopRecords(DataFolder data)
{
    private readonly Lock gate = new();

    public LoopRecord? Find(CampaignId campaign)
    {
        try
        {
            return JsonSerializer.Deserialize<LoopRecord>(File.ReadAllText(PathOf(campaign)), RlhfJson.Options);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new RlhfException("record-damaged", $"'{PathOf(campaign)}' can't be read: {e.Message}", "Delete it to forget this campaign's run, then start a new one.", inner: e);
        }
    }

    /// <summary>All of them, the newest first.</summary>
    public IReadOnlyList<LoopRecord> List() =>
        [.. Directory.EnumerateFiles(data.Loops, "*.json")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(IdRules.IsValid)
            .Select(name => Find(CampaignId.From(name!)))
            .OfType<LoopRecord>()
            .OrderByDescending(record => record.StartedAt)];

    /// <summary>The next number for campaigns of a name: <c>support-1</c>, <c>support-2</c>…</summary>
    public CampaignId NextId(string name)
    {
        var number = 1;
        while (File.Exists(PathOf(CampaignId.From($"{name}-{number}")))) number++;
        return CampaignId.From($"{name}-{number}");
    }

    public LoopRecord Update(CampaignId campaign, Func<LoopRecord, LoopRecord> change)
    {
        lock (gate)
        {
            var changed = change(Find(campaign) ?? throw new InvalidOperationException($"There is no record of '{campaign}'."));
            Write(changed);
            return changed;
        }
    }

    /// <summary>Written whole and renamed; the file holds invites, so only its owner may read it.</summary>
    public void Write(LoopRecord record)
    {
        var path = PathOf(record.Campaign);
        File.WriteAllText(path + ".part", JsonSerializer.Serialize(record, RlhfJson.Indented));
        HostLock.OwnerOnly(path + ".part");
        File.Move(path + ".part", path, overwrite: true);
    }

    private string PathOf(CampaignId campaign) => Path.Combine(data.Loops, $"{campaign}.json");
}
