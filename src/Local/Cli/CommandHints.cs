using Rlhf.Local.Hosting;

namespace Rlhf.Local.Cli;

/// <summary>What somebody is told to type next. It carries the options of this start: without them the command would look into another folder, or the links that people hold would lead nowhere.</summary>
public sealed class CommandHints(HostSettings settings)
{
    private const string Program = "./run";

    public string Run => Join([Program, .. Options()]);

    public string Serve => Join([Program, "serve", .. Options()]);

    public string Campaigns => Join([Program, "campaigns", .. Data()]);

    /// <param name="campaign">Null: the newest that is not finished.</param>
    public string Resume(CampaignId? campaign = null) => Join([Program, "resume", .. campaign is { } id ? [id.Value] : (string[])[], .. Options()]);

    private string[] Options() =>
    [
        .. Data(),
        .. Folder("--out", settings.Out),
        .. settings.Port == Ports.First ? (string[])[] : ["--port", $"{settings.Port}"],
        .. settings.Azurite ? (string[])["--azurite"] : [],
    ];

    private string[] Data() => Folder("--data", settings.Data);

    // In full, since it may be typed elsewhere.
    private static string[] Folder(string option, string? path) => path is null ? [] : [option, Path.GetFullPath(path)];

    private static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word)
    {
        if (word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')) return word;
        return OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
