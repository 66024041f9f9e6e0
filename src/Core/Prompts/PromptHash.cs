using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rlhf.Campaigns;
using Rlhf.Prompts.Unicode;

namespace Rlhf.Prompts;

/// <summary>A prompt's id and its split: both from what it says, so that the same prompt is the same everywhere.</summary>
public static class PromptHash
{
    /// <summary>The messages as they are hashed, stored and asked: Unicode NFC, CRLF→LF, nothing else. Doing it again changes nothing.</summary>
    public static IReadOnlyList<Message> Normalize(IReadOnlyList<Message> messages) =>
        [.. messages.Select(m => m with { Content = CanonicalComposition.Normalize(LineFeeds(m.Content)) })];

    /// <summary>Several CR before an LF go at once: what was left would be a CRLF of the next time.</summary>
    private static string LineFeeds(string text)
    {
        if (!text.Contains("\r\n", StringComparison.Ordinal)) return text;
        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            while (c == '\n' && kept.Length > 0 && kept[^1] == '\r') kept.Length--;
            kept.Append(c);
        }
        return kept.ToString();
    }

    /// <summary>SHA-256 over role and text of each message, 128 bits of it in hexadecimal.</summary>
    public static PromptId IdOf(IReadOnlyList<Message> messages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var message in Normalize(messages))
        {
            var content = Encoding.UTF8.GetBytes(message.Content);
            // Lengths keep two messages apart from one that holds both.
            BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
            hash.AppendData([(byte)message.Role]);
            hash.AppendData(length);
            hash.AppendData(content);
        }
        return new(Convert.ToHexStringLower(hash.GetHashAndReset())[..32]);
    }

    /// <summary>Test, validation or train by a hash of the group, so that all prompts of a group land on the same side.</summary>
    public static Split SplitOf(string group, SplitSettings settings)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes("split\n" + group));
        var position = BinaryPrimitives.ReadUInt64BigEndian(hash) / (double)ulong.MaxValue;
        if (position < settings.Test) return Split.Test;
        return position < settings.Test + settings.Validation ? Split.Validation : Split.Train;
    }
}
