using System.Text.Encodings.Web;

namespace Rlhf.Training.Reporting;

internal static class Html
{
    /// <summary>Text from models and people is never markup.</summary>
    public static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
