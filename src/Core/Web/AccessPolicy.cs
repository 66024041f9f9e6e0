namespace Rlhf.Web;

/// <summary>Who may call a route. Every route has one.</summary>
public enum AccessPolicy
{
    /// <summary>Anybody: health, the API's description, and the pages, which hold no data.</summary>
    Anonymous,

    /// <summary><c>X-Rlhf-Invite</c> with an invite to the campaign in the path.</summary>
    Annotator,

    /// <summary><c>X-Rlhf-Webhook</c> with the secret of the Label Studio server of the campaign in the path.</summary>
    Webhook,

    /// <summary><c>Authorization: Bearer</c> with the owner's token (locally) or the host's own sign-in (in Azure).</summary>
    Owner,
}
