using System.Text.RegularExpressions;

namespace Rlhf.Bench.Functions;

/// <summary>What Azurite prints of each request, counted by service and by what it was for.</summary>
internal sealed partial class AccessLog(IReadOnlyList<string> files)
{
    public Mark Now() => new([.. files.Select(f => new FileInfo(f).Length)]);

    public IReadOnlyDictionary<Request, int> Count(Mark from, Mark to)
    {
        var counts = new Dictionary<Request, int>();
        for (var i = 0; i < files.Count; i++)
            foreach (var request in Read(files[i], from.Offsets[i], to.Offsets[i]))
                counts[request] = counts.GetValueOrDefault(request) + 1;
        return counts;
    }

    private static IEnumerable<Request> Read(string file, long from, long to)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        for (var read = from; read < to && reader.ReadLine() is { } line; read += line.Length + 1)
            if (Line().Match(line) is { Success: true } match) yield return Classify(match.Groups["method"].Value, match.Groups["path"].Value);
    }

    private static Request Classify(string method, string path)
    {
        var place = path.Split('?')[0].Trim('/');
        var account = place.IndexOf('/');
        var name = account < 0 ? "account" : place[(account + 1)..];
        if (name is "$batch") return new("table", "transactions");
        if (name is "Tables" || name.Contains('(', StringComparison.Ordinal)) return new("table", $"{method} {name.Split('(')[0]}");
        var first = name.Split('/')[0];
        // A lone insert; a blob has a container before its name.
        if (method == "POST" && first == name && !path.Contains("comp=", StringComparison.Ordinal) && !QueueName().IsMatch(name)) return new("table", $"POST {name}");
        if (QueueName().IsMatch(first)) return new("queue", $"{method} {(first.EndsWith("workitems", StringComparison.Ordinal) ? "work items" : "control queues")}");
        return name.EndsWith("/messages", StringComparison.Ordinal) ? new("queue", $"{method} {first}") : new("blob", $"{method} {first}");
    }

    [GeneratedRegex("\"(?<method>[A-Z]+) (?<path>/\\S+) HTTP/")]
    private static partial Regex Line();

    [GeneratedRegex("(-control-[0-9]+|-workitems)$")]
    private static partial Regex QueueName();

    internal sealed record Mark(IReadOnlyList<long> Offsets);

    internal sealed record Request(string Service, string Cause);
}
