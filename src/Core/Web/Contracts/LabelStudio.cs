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
