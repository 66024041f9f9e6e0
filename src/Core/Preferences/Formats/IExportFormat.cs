using Rlhf.Campaigns;

namespace Rlhf.Preferences.Formats;

/// <summary>What a format is, for lists and headers.</summary>
/// <param name="Name">As it is asked for: <c>format=trl</c>, <c>--format trl</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Extension">With the dot.</param>
/// <param name="Loses">What it can't hold, one sentence each, said before an export; empty where it holds all that a pair has.</param>
public sealed record FormatInfo(string Name, string Title, string ContentType, string Extension, IReadOnlyList<string> Loses)
{
    /// <summary>Off: a file holds one split only, which has to be named.</summary>
    public bool HoldsSplit { get; init; } = true;

    /// <summary>Pairs whose votes are even stand in it too: whoever reads such files goes by the share. Elsewhere they are left out, since they would be taken for preferences.</summary>
    public bool HoldsEven { get; init; }

    /// <summary>Judgements of comparisons, ties and bothBad with them, in place of the pairs made of them.</summary>
    public bool HoldsRankings { get; init; }
}

/// <summary>Writes a campaign's pairs, or the rankings behind them, as some other program reads them. Registered in the container; the export route and <c>rlhf export</c> list what is there.</summary>
public interface IExportFormat
{
    FormatInfo Info { get; }

    /// <summary>What of this campaign's data the format can't hold, said before an export.</summary>
    IReadOnlyList<string> LosesOf(Campaign campaign) => Info.Loses;

    /// <summary>The rows that a comparison becomes, where the format holds rankings: the data card counts them, and without any there is no file.</summary>
    IEnumerable<ExportRow> RowsOf(Campaign campaign, RankedComparison ranked) => [ExportRow.Of(ranked)];

    /// <summary>Writes all of <paramref name="source"/> in its order, in bounded memory, and leaves <paramref name="output"/> open (it may neither seek nor write synchronously).</summary>
    Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation);
}
