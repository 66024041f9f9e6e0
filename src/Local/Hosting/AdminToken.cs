using System.Buffers.Text;
using System.Security.Cryptography;

namespace Rlhf.Local.Hosting;

/// <summary>The owner's token: made once for a data folder, readable by its owner only, printed as a link with the token in the fragment so that no log holds it.</summary>
public static class AdminToken
{
    public static string Load(DataFolder data)
    {
        if (File.Exists(data.AdminToken) && File.ReadAllText(data.AdminToken).Trim() is { Length: > 20 } known) return known;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var part = data.AdminToken + ".part";
        File.WriteAllText(part, token);
        HostLock.OwnerOnly(part);
        File.Move(part, data.AdminToken, overwrite: true);
        return token;
    }
}
