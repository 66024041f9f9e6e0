using Rlhf.Web.Security;

namespace Rlhf.Local.Hosting;

/// <summary>The owner's token: made once for a data folder, readable by its owner only, printed as a link with the token in the fragment so that no log holds it.</summary>
public static class OwnerToken
{
    public static string Load(DataFolder data)
    {
        if (File.Exists(data.OwnerToken) && File.ReadAllText(data.OwnerToken).Trim() is { Length: >= 16 } known) return known;
        var token = AdminToken.New();
        var part = data.OwnerToken + ".part";
        File.WriteAllText(part, token);
        HostLock.OwnerOnly(part);
        File.Move(part, data.OwnerToken, overwrite: true);
        return token;
    }
}
