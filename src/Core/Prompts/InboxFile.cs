namespace Rlhf.Prompts;

/// <summary>A file of the inbox and where it goes.</summary>
public sealed record InboxFile(string Campaign, string Name)
{
    public const string Inbox = "inbox/";

    public string Path => $"{Inbox}{Campaign}/{Name}";

    public string DonePath => $"prompts/done/{Campaign}/{Name}";

    public string RejectedPath => $"prompts/rejected/{Campaign}/{Name}";

    public string ErrorPath => $"{RejectedPath}.errors.json";

    /// <param name="path"><c>inbox/&lt;campaign&gt;/&lt;file&gt;</c>; a file that lies in no campaign's folder belongs to the campaign ''.</param>
    public static InboxFile Parse(string path)
    {
        var rest = path.StartsWith(Inbox, StringComparison.Ordinal) ? path[Inbox.Length..] : path;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new("", rest) : new(rest[..slash], rest[(slash + 1)..]);
    }

    /// <summary>A name that is safe in paths: its last segment, of letters, digits, dot, hyphen and underscore.</summary>
    public static string SafeName(string fileName)
    {
        var name = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        var safe = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')).Trim('.', '-');
        return safe.Length switch { 0 => "prompts", > 100 => safe[^100..], _ => safe };
    }

    /// <summary>The same place under a name that nobody else has.</summary>
    public static string Beside(string path, string tag)
    {
        var extension = System.IO.Path.GetExtension(path);
        return $"{path[..^extension.Length]}-{tag}{extension}";
    }
}
