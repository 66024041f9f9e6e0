using System.Text.RegularExpressions;

namespace Rlhf.Preferences.Formats;

/// <summary>Cells that a spreadsheet would run as a formula (https://owasp.org/www-community/attacks/CSV_Injection) get an apostrophe in front; one that has it already gets one more, so that the way back is certain.</summary>
internal static partial class FormulaCells
{
    public static string Harmless(string cell) => Dangerous().IsMatch(cell) ? "'" + cell : cell;

    public static string Restore(string cell) => cell.StartsWith('\'') && Dangerous().IsMatch(cell) ? cell[1..] : cell;

    [GeneratedRegex(@"^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]")]
    private static partial Regex Dangerous();
}
