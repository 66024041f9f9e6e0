using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;

namespace Rlhf.Prompts.Reading;

/// <param name="Line">Where the row begins in the file, from 1.</param>
/// <param name="Fields">By column; a short row has fewer. Null where <paramref name="Error"/> says why.</param>
internal readonly record struct CsvRow(long Line, IReadOnlyList<string>? Fields, LineError? Error);

/// <summary>The rows of a .csv file with a header, separated by comma, semicolon or tab. A broken row costs only itself.</summary>
internal sealed class CsvRows : IAsyncDisposable
{
    private const int HeaderProbe = 4096;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Stream text;
    private readonly CsvReader csv;
    private readonly Queue<CsvRow> malformed;

    private CsvRows(Stream text, CsvReader csv, Queue<CsvRow> malformed)
    {
        this.text = text;
        this.csv = csv;
        this.malformed = malformed;
    }

    /// <summary>As they are written, without spaces around them.</summary>
    public IReadOnlyList<string> Headers => [.. csv.Headers.Select(h => h.Trim())];

    public static async Task<CsvRows> OpenAsync(Stream file, string name, CancellationToken cancellation)
    {
        var text = await TextFile.OpenUtf8Async(file, name, cancellation);
        var (separator, utf8) = await ProbeAsync(text, cancellation);
        var malformed = new Queue<CsvRow>();
        return new(text, CsvReader.Create(utf8, Options(separator, malformed), leaveOpen: true), malformed);
    }

    public async IAsyncEnumerable<CsvRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            var (row, isEnd) = await NextAsync(cancellation);
            while (malformed.TryDequeue(out var bad)) yield return bad;
            if (row is { } good) yield return good;
            if (isEnd) break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await csv.DisposeAsync();
        await text.DisposeAsync();
    }

    private static CsvReaderOptions Options(byte separator, Queue<CsvRow> malformed) => new()
    {
        Separator = (char)separator,
        HasHeader = true,
        MaxRecordSize = LineReader.MaximumLine,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Skip,
        OnMalformedRecord = record => malformed.Enqueue(Bad(record.LineNumber, "invalid-csv", $"The row is broken: {record.Reason}.",
            "Put a field that holds quotes, separators or line breaks in quotes, and double the quotes inside.")),
    };

    /// <summary>The separator that the header uses most.</summary>
    private static async Task<(byte Separator, Stream Utf8)> ProbeAsync(Stream text, CancellationToken cancellation)
    {
        var head = new byte[HeaderProbe];
        var length = await text.ReadAtLeastAsync(head, HeaderProbe, throwOnEndOfStream: false, cancellation);
        var end = Array.IndexOf(head, (byte)'\n', 0, length);
        var separator = ",;\t"u8.ToArray().MaxBy(s => head.AsSpan(0, end < 0 ? length : end).Count(s));
        return (separator, new PrefixedStream(head.AsMemory(0, length), text));
    }

    /// <returns>The next row or error, and whether reading ends here.</returns>
    private async Task<(CsvRow? Row, bool IsEnd)> NextAsync(CancellationToken cancellation)
    {
        try
        {
            if (!await csv.ReadAsync(cancellation)) return (null, true);
            return (new(csv.LineNumber, [.. Enumerable.Range(0, csv.FieldCount).Select(i => Strict.GetString(csv.GetSpan(i)))], null), false);
        }
        catch (DecoderFallbackException)
        {
            return (Bad(csv.LineNumber, "invalid-utf8", "The row is not UTF-8.", "Save the file as UTF-8 (in Excel: 'CSV UTF-8')."), false);
        }
        catch (CsvFormatException e)
        {
            return (Bad(e.LineNumber, "invalid-csv", $"Reading ends here: {e.Message}",
                $"Keep each row to {LineReader.MaximumLine} bytes, and look for a quote that is never closed."), true);
        }
    }

    private static CsvRow Bad(long line, string code, string message, string remedy) => new(line, null, new(line, code, message, remedy));
}
