namespace Rlhf.Labeling.Invites;

/// <summary>The address an annotator is sent. The token stands in the fragment, which no server sees and no log holds.</summary>
public static class InviteLink
{
    /// <param name="host">Scheme, name and port of the host.</param>
    public static string For(Uri host, string token) => $"{new Uri(host, "/label")}#{token}";
}
