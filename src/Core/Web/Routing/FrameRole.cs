namespace Rlhf.Web.Routing;

/// <summary>What a page has to do with the sandboxed frame that shows other people's templates.</summary>
public enum FrameRole
{
    None,

    /// <summary>Holds the frame.</summary>
    Holder,

    /// <summary>The frame's document: an origin of its own, no access to anything of ours, and nothing to be reached from it.</summary>
    Document,

    /// <summary>A script or style that the frame loads. Public, so that an origin of its own may have it.</summary>
    Part,
}
