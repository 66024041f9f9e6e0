using Rlhf.Preferences.Formats;

namespace Rlhf.Web.Contracts;

/// <param name="Exports">In the order they are listed.</param>
public sealed record FormatListResponse(IReadOnlyList<FormatInfo> Exports);
