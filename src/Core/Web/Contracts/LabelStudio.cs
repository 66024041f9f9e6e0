using System.Text.Json;

namespace Rlhf.Web.Contracts;

/// <summary>A Label Studio template.</summary>
/// <param name="Pairwise">The name under which the choice comes back.</param>
/// <param name="Left">Variable of the task that holds the left answer.</param>
/// <param name="Right">The same of the right one.</param>
public sealed record LabelTemplateView(string Xml, string Pairwise, string Left, string Right);

/// <summary>Body of <c>POST /api/campaigns/{campaign}/tasks/{comparison}/annotation</c>: what Label Studio's editor gave.</summary>
/// <param name="Result">As the editor writes it: entries with <c>from_name</c>, <c>type</c> and <c>value</c>; empty is no preference.</param>
/// <param name="ActiveSeconds">Time the page was visible and the person active.</param>
/// <param name="Amends">The revision this one takes the place of.</param>
public sealed record AnnotationRequest(JsonElement Result, double? ActiveSeconds = null, int? GuidelinesVersion = null, int? Amends = null);

/// <param name="IsNoPreference">Nothing was chosen; it was stored as a tie.</param>
public sealed record AnnotationResponse(int Revision, bool Extra, bool Unchanged, bool IsNoPreference);

/// <summary>What became of a Label Studio export.</summary>
/// <param name="Taken">Annotations that made or changed a ranking, skips included.</param>
/// <param name="Late">Older than what is known of them, or deleted since.</param>
/// <param name="NotOurs">Tasks that this campaign did not give away.</param>
/// <param name="Unreadable">Annotations and tasks that can't be understood.</param>
/// <param name="Errors">The first of those, one sentence each.</param>
public sealed record AnnotationReport(int Tasks, int Taken, int Unchanged, int Late, int NotOurs, int Unreadable, IReadOnlyList<string> Errors);
