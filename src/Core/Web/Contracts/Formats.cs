using Rlhf.Preferences.Formats;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;

namespace Rlhf.Web.Contracts;

/// <param name="Exports">In the order they are listed.</param>
public sealed record FormatListResponse(IReadOnlyList<FormatInfo> Exports, IReadOnlyList<ImportInfo> Imports);

public sealed record ImportListResponse(IReadOnlyList<IngestReport> Imports);

/// <param name="Loses">One sentence each; empty where nothing is lost.</param>
public sealed record ExportLossesResponse(string Format, IReadOnlyList<string> Loses);
