using System.Text;

namespace Rlhf.Storage;

/// <summary>The rules for blob paths, the same for every store: <c>container/name</c>, where the name may hold more slashes.</summary>
/// <remarks>A container is 3..63 lower-case letters, digits and inner hyphens. A segment of the name is not empty, not <c>.</c> or <c>..</c>, holds no NUL or
/// backslash and is at most <see cref="MaximumSegmentBytes"/> bytes of UTF-8; a path is at most <see cref="MaximumLength"/> characters.</remarks>
public readonly record struct BlobPath(string Container, string Name)
{
    public const int MaximumLength = 900;

    /// <summary>Leaves room in a file system's 255 bytes for the characters that have to be escaped there.</summary>
    public const int MaximumSegmentBytes = 200;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="RlhfException"><c>invalid-blob-path</c>, saying which rule it breaks.</exception>
    public static BlobPath Parse(string path)
    {
        if (path.Length > MaximumLength) throw Invalid(path, $"it is {path.Length} characters long, {MaximumLength} is the most");
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) throw Invalid(path, "it names a container but no blob");
        var (container, name) = (path[..slash], path[(slash + 1)..]);
        if (!IsContainer(container)) throw Invalid(path, $"'{container}' is not a container: 3 to 63 lower-case letters, digits and inner hyphens");
        foreach (var segment in name.Split('/')) CheckSegment(path, segment);
        return new(container, name);
    }

    public static bool IsContainer(string name) => name.Length is >= 3 and <= 63 && IdRules.IsValid(name);

    private static void CheckSegment(string path, string segment)
    {
        if (segment.Length == 0) throw Invalid(path, "it has an empty segment");
        if (segment is "." or "..") throw Invalid(path, $"'{segment}' is not a name");
        if (segment.AsSpan().IndexOfAny('\0', '\\') >= 0) throw Invalid(path, "it holds a NUL character or a backslash, which Azure Storage reads as a slash");
        if (CountBytes(path, segment) > MaximumSegmentBytes) throw Invalid(path, $"a segment has more than {MaximumSegmentBytes} bytes");
    }

    private static int CountBytes(string path, string segment)
    {
        try
        {
            return Strict.GetByteCount(segment);
        }
        catch (EncoderFallbackException)
        {
            throw Invalid(path, "it is not valid Unicode");
        }
    }

    private static RlhfException Invalid(string path, string reason)
    {
        var shown = path.Length > 120 ? path[..120] + "…" : path;
        return new("invalid-blob-path", $"'{shown}' is not a blob path: {reason}.", "Use container/name with short, plain names.");
    }

    public override string ToString() => $"{Container}/{Name}";
}
