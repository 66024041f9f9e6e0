using System.Security.Cryptography;
using System.Text;
using Rlhf.Preferences.Imports;

namespace Rlhf.Prompts;

/// <summary>How far the reading of one version of one file is. Table <c>ingests</c>, partition = campaign; row <c>reading~…</c> while it lasts, <c>done~…</c> after it.</summary>
/// <param name="Pages">Pages of good lines that are in the store: where a resumed reading goes on.</param>
internal sealed record IngestState(
    string File, string ETag, DateTimeOffset StartedAt, int Pages = 0, int Accepted = 0, int Duplicates = 0, IngestReport? Report = null,
    ImportCounts? Imported = null)
{
    public const string Table = "ingests";
    public const string ReadingPrefix = "reading~";
    public const string DonePrefix = "done~";
    public const string AskedPrefix = "asked~";

    public string Key => KeyOf(File, ETag);

    public static string KeyOf(string file, string etag) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file}\n{etag}")))[..32];

    public IngestState Plus(PageResult page) => this with
    {
        Pages = Pages + 1,
        Accepted = Accepted + page.Accepted,
        Duplicates = Duplicates + page.Duplicates,
        Imported = page.Imported is { } imported ? (Imported ?? ImportCounts.Empty) + imported : Imported,
    };
}
