using System.Security.Cryptography;
using System.Text;

namespace Rlhf.Local.Durable;

internal static class DeterministicGuid
{
    /// <summary>A version 8 UUID (RFC 9562) of a name.</summary>
    public static Guid Of(string name)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(name))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(bytes, bigEndian: true);
    }
}
