namespace Rlhf.Web.Security;

/// <summary>The address an owner opens. The token stands in the fragment, which no server sees and no log holds; the page takes it out of the address.</summary>
public static class OwnerLink
{
    /// <param name="host">Scheme, name and port of the host.</param>
    /// <param name="path">Of the page, e.g. <c>/campaign?id=support</c>, or of a part of it: <c>/campaign?id=support#people</c>.</param>
    public static string For(Uri host, string token, string path = "/")
    {
        var address = new Uri(host, path);
        var part = address.Fragment.Length > 1 ? $"&{address.Fragment[1..]}" : "";
        return $"{address.GetLeftPart(UriPartial.Query)}#token={Uri.EscapeDataString(token)}{part}";
    }
}
