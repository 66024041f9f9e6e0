using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rlhf.Labeling;

namespace Rlhf.Preferences.Imports;

/// <summary>The file that a batch's comparisons and rankings were read from, on the batch's row.</summary>
/// <param name="Key">Eight hexadecimal digits; the same file (name and version in the inbox) has the same.</param>
public sealed record ImportSource(string File, string Format, string Key)
{
    /// <summary>The batch that a page of the file becomes; the same whenever the reading is repeated.</summary>
    internal BatchId BatchOf(CampaignId campaign, int page) => new(string.Create(CultureInfo.InvariantCulture, $"{campaign}-i{Key}-{page:D6}"));

    /// <summary>An annotator of the file's own, so that its rankings are counted, and can be left out, by themselves.</summary>
    public AnnotatorId AnnotatorOf(AnnotatorKind kind, string? judge)
    {
        var name = $"import-{Key}-{kind.ToString().ToLowerInvariant()}";
        return new(judge is null ? name : $"{name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(judge)))[..8]}");
    }
}
