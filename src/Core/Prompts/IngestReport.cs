using Rlhf.Preferences.Imports;

namespace Rlhf.Prompts;

/// <summary>What became of one prompt file.</summary>
/// <param name="File">Blob path in the inbox.</param>
/// <param name="Accepted">New prompts, or new comparisons of a file of labels.</param>
/// <param name="Duplicates">Good lines whose prompt the campaign had already.</param>
/// <param name="Rejected">Lines that are no prompt.</param>
/// <param name="Errors">The first of them, line by line; at most <see cref="MaximumErrors"/>.</param>
/// <param name="MovedTo">Where the file lies now; null where it changed meanwhile and is read again.</param>
/// <param name="ErrorFile">Where all named errors lie; null where there are none.</param>
public sealed record IngestReport(
    string File, int Accepted, int Duplicates, int Rejected, IReadOnlyList<LineError> Errors, string? MovedTo = null, string? ErrorFile = null)
{
    /// <summary>Of a file of labels, of which <see cref="Accepted"/> counts the comparisons; null of one of prompts.</summary>
    public ImportSummary? Imported { get; init; }

    public const int MaximumErrors = 1_000;
}

/// <summary>Why a line is no prompt.</summary>
/// <param name="Line">From 1; 0 is the file as a whole. For JSON arrays and Parquet, the element's number.</param>
public sealed record LineError(long Line, string Code, string Message, string Remedy);
