using System.Globalization;
using System.Text.RegularExpressions;

namespace Rlhf.Storage.Files;

/// <summary>Blob name segments as file names and back. Ordinary names stay as they are, so that people may drop files by hand and find them again.</summary>
/// <remarks>What some file system forbids is written as <c>%</c> and two hex digits. A percent sign that would read as such an escape gets <c>25</c> after it, so
/// that every file name means exactly one blob name and the other way round.</remarks>
public static partial class FileNames
{
    // One of < > : " \ | ? *, a control character, or DEL, in hex.
    private const string Special = "(?:[01][0-9A-F]|3C|3E|3A|22|5C|7C|3F|2A|7F)";

    public static string Encode(string segment) =>
        Forbidden().Replace(Percent().Replace(segment, "%25"), m => string.Create(CultureInfo.InvariantCulture, $"%{(int)m.Value[0]:X2}"));

    public static string Decode(string fileName) => Escape().Replace(fileName, m => m.Groups["hex"] is { Success: true } hex
        ? ((char)int.Parse(hex.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()
        : "%");

    [GeneratedRegex("""[<>:"\\|?*\u0001-\u001F\u007F]""")]
    private static partial Regex Forbidden();

    [GeneratedRegex($"%(?=(?:25)*{Special})")]
    private static partial Regex Percent();

    [GeneratedRegex($"%25(?=(?:25)*{Special})|%(?<hex>{Special})")]
    private static partial Regex Escape();
}
