using System.Text.Json;
using System.Text.Json.Serialization;
using Rlhf.Json;

namespace Rlhf.Local.Loop;

/// <summary>Unlike elsewhere nulls are written: whoever reads the summary finds every key.</summary>
public static class SummaryJson
{
    public static JsonSerializerOptions Options { get; } = new(RlhfJson.Indented) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };
}
