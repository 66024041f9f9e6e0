using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rlhf.Labeling.Serving;

/// <summary>Keys of table <c>open</c>. Partition = campaign~shard. A comparison's row = priority~batch~comparison, by the priority that it was published with; where that has changed,
/// <c>moved~batch~comparison</c> says what its row is called now. Priorities sort as text: 000 comes first.</summary>
public static class OpenKeys
{
    /// <summary>Partitions a campaign's open rows are spread over, so that no single one takes all the writes.</summary>
    public const int Shards = 4;

    /// <summary>All rows of comparisons come before it.</summary>
    internal const string End = "moved~";

    public static int ShardOf(string key) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key))) % Shards);

    public static string PartitionOf(CampaignId campaign, ComparisonId comparison) => PartitionOf(campaign, ShardOf(comparison.Value));

    public static string PartitionOf(CampaignId campaign, int shard) => $"{campaign}~{shard}";

    public static string RowOf(Comparison comparison) => RowOf(comparison.Priority, comparison.Batch, comparison.Id);

    public static string RowOf(int priority, BatchId batch, ComparisonId comparison) => string.Create(CultureInfo.InvariantCulture, $"{priority:D3}~{batch}~{comparison}");

    public static int PriorityOf(string row) => int.Parse(row.AsSpan(0, row.IndexOf('~', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    internal static string MovedOf(BatchId batch, ComparisonId comparison) => $"{MovedOf(batch)}{comparison}";

    /// <summary>What the batch's rows of moved comparisons begin with.</summary>
    internal static string MovedOf(BatchId batch) => $"{End}{batch}~";

    /// <summary>The first key after <paramref name="key"/>: keys use nothing below '-', so '!' comes before every longer one.</summary>
    internal static string Following(string key) => key + "!";

    /// <summary>The first key after all that begin with <paramref name="prefix"/>.</summary>
    internal static string Behind(string prefix) => prefix + "~";
}
