using System.Text;

namespace Rlhf.LabelStudio.Templates;

/// <summary>Templates that have a place for all that a ranking says, and show the system prompt where there is one (the editor shows nothing at all for an empty text): for a Label Studio project that is to take our exports, and to start one's own from.</summary>
public static class DefaultTemplates
{
    public const string PairwiseName = "comparison";
    public const string RankerName = "ranking";
    public const string ListName = "answers";

    /// <summary>Two answers.</summary>
    public const string Pair = """
        <View>
          <Style>
            .pair { display: flex; flex-wrap: wrap; gap: 1em; margin: 1em 0; }
            .pair .side { flex: 1 1 20em; border: 1px solid #d9d9d9; border-radius: 6px; padding: .75em; cursor: pointer; }
            .system { margin-bottom: 1em; padding-left: .75em; border-left: 3px solid #d9d9d9; color: #595959; white-space: pre-wrap; }
            .system:empty { display: none; }
          </Style>
          <View className="system"><Text name="system" value="$system"/></View>
          <Text name="prompt" value="$prompt"/>
          <Pairwise name="comparison" toName="answer1,answer2"/>
          <View className="pair">
            <View className="side"><Text name="answer1" value="$answer1"/></View>
            <View className="side"><Text name="answer2" value="$answer2"/></View>
          </View>
          <Choices name="rlhf-verdict" toName="prompt" choice="single-radio" showInLine="true">
            <Choice value="slightly better"/>
            <Choice value="better"/>
            <Choice value="much better"/>
            <Choice value="tie"/>
            <Choice value="both bad"/>
          </Choices>
        </View>
        """;

    /// <summary>Three answers and more: a bucket a tier, the best first. Shown by Label Studio 1.8 and later.</summary>
    /// <param name="answers">K.</param>
    public static string Tiers(int answers)
    {
        var buckets = new StringBuilder();
        for (var tier = 1; tier <= answers; tier++)
            buckets.Append("    <Bucket name=\"").Append(tier).Append("\" title=\"").Append(tier == 1 ? "Best" : $"Place {tier}").Append("\"/>\n");
        return $$"""
            <View>
              <Style>
                .system { margin-bottom: 1em; padding-left: .75em; border-left: 3px solid #d9d9d9; color: #595959; white-space: pre-wrap; }
                .system:empty { display: none; }
              </Style>
              <View className="system"><Text name="system" value="$system"/></View>
              <Text name="prompt" value="$prompt"/>
              <List name="{{ListName}}" value="$items" title="Answers"/>
              <Ranker name="{{RankerName}}" toName="{{ListName}}">
            {{buckets.ToString().TrimEnd()}}
              </Ranker>
              <Choices name="rlhf-verdict" toName="prompt" choice="single-radio">
                <Choice value="both bad"/>
              </Choices>
            </View>
            """;
    }
}
