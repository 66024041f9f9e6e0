namespace Rlhf.Web.Security;

/// <summary>The address an owner opens. The token stands in the fragment, which no server sees and no log holds; the page takes it out of the address.</summary>
public static class OwnerLink
{
    /// <param name="host">Scheme, name and port of the host.</param>
    /// <param name="path">Of the page, e.g. <c>/campaign?id=support</c>.</param>
    public static string For(Uri host, string token, string path = "/") => $"{new Uri(host, path)}#token={Uri.EscapeDataString(token)}";
}
