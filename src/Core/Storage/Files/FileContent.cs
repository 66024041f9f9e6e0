namespace Rlhf.Storage.Files;

internal static class FileContent
{
    /// <summary>Whether two files hold the same bytes.</summary>
    public static bool AreEqual(string first, string second)
    {
        using var a = File.OpenRead(first);
        using var b = new FileStream(second, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (a.Length != b.Length) return false;
        var (left, right) = (new byte[1 << 16], new byte[1 << 16]);
        while (true)
        {
            var read = a.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            if (b.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != read) return false;
            if (read == 0) return true;
            if (!left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read))) return false;
        }
    }
}
