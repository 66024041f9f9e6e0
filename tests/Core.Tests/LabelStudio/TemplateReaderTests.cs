using Rlhf.LabelStudio.Templates;

namespace Rlhf.Core.Tests.LabelStudio;

public sealed class TemplateReaderTests
{
    private const string Good = """
        <View>
          <Style>.row > div { flex: 1 }</Style>
          <Header value="Which one is better?"/>
          <Text name="prompt" value="$prompt"/>
          <Pairwise name="pw" toName="left,right" selectionStyle="background: #def"/>
          <View className="row" style="display: flex">
            <Text name="left" value="$text1"/>
            <Text name="right" value="$text2"/>
          </View>
          <Choices name="why" toName="prompt" choice="multiple"><Choice value="clear"/><Choice value="polite"/></Choices>
          <Rating name="sure" toName="prompt"/>
          <TextArea name="note" toName="right"/>
        </View>
        """;

    [Fact]
    public void Template_WithPairwiseAndExtras_SaysItsSidesAndFields()
    {
        var template = TemplateReader.Read(Good);
        Assert.Equal(("pw", "text1", "text2"), (template.Pairwise, template.Left, template.Right));
        Assert.Equal([("why", "choices", "prompt"), ("sure", "rating", "prompt"), ("note", "textarea", "right")], template.Fields.Select(f => (f.Name, f.Tag, f.To)));
        Assert.Null(template.Verdict);
        Assert.Equal(Good, template.Xml);
    }

    [Fact]
    public void Template_TagsAndAttributesInAnyCase_AreLabelStudios()
    {
        var template = TemplateReader.Read("""<view><pairwise name="p" toname="a,b"/><text name="a" value="$answer1"/><TEXT name="b" Value="$answer2"/></view>""");
        Assert.Equal(("answer1", "answer2"), (template.Left, template.Right));
    }

    [Fact]
    public void DefaultTemplates_OfOurs_AreGoodAndHaveAPlaceForEverything()
    {
        var template = TemplateReader.Read(DefaultTemplates.Pair);
        Assert.Equal(("comparison", 3), (template.Pairwise, template.Strongest));
        Assert.Equal("prompt", template.Verdict!.To);
    }

    [Theory]
    [InlineData("<View>\n  <Text name=\"a\" value=\"$a\">\n</View>", 3, "'Text'")]
    [InlineData("<View>\n  <Pairwise name='p' toName='a,b'/>\n  <Text name='a' value='$a & $b'/></View>", 3, "parsing EntityName")]
    [InlineData("", 1, "Root element is missing")]
    [InlineData("<View>\n  <Header value='&nbsp;'/>\n</View>", 2, "undeclared entity")]
    [InlineData("<!DOCTYPE View [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<View>&x;</View>", 1, "DTD")]
    [InlineData("\n<View>\n  <Text name='a' value='$answer1'/>\n</View>", 2, "holds no <Pairwise>")]
    [InlineData("<View>\n<Text name='a' value='$a'/><Text name='b' value='$b'/>\n<Pairwise name='p' toName='a,b'/>\n<Pairwise name='q' toName='a,b'/></View>", 4, "in line 3 already")]
    [InlineData("<View>\n<Pairwise toName='a,b'/></View>", 2, "has no name")]
    [InlineData("<View>\n<Pairwise name='p' toName='a'/><Text name='a' value='$a'/></View>", 2, "not two names")]
    [InlineData("<View>\n<Pairwise name='p' toName='a, b'/><Text name='a' value='$a'/><Text name='b' value='$b'/></View>", 2, "space")]
    [InlineData("<View>\n<Pairwise name='p' toName='a,c'/><Text name='a' value='$a'/><Text name='b' value='$b'/></View>", 2, "'c', and no <Text>")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/>\n<Text name='a' value='$a'/>\n<Text name='b' value='fixed'/></View>", 3, "instead of an answer")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/>\n<Text name='a' value='$a'/>\n<Text name='b' value='$a'/></View>", 1, "both sides")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/>\n<HyperText name='a' value='$a'/><Text name='b' value='$b'/></View>", 2, "never shown as HTML")]
    [InlineData("<View>\n<Image name='i' value='$image'/></View>", 2, "does not have")]
    [InlineData("<View>\n\n<Script/></View>", 3, "no tag <Script>")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/><Text name='a' value='$a'/><Text name='b' value='$b'/>\n<Text name='a' value='$prompt'/></View>", 2, "stands in line 1 already")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/><Text name='a' value='$a'/><Text name='b' value='$b'/>\n<Text name='x' value='$other'/></View>", 2, "nothing called '$other'")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/><Text name='a' value='$a' valueType='url'/><Text name='b' value='$b'/></View>", 1, "from elsewhere")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/><Text name='a' value='$a'/><Text name='b' value='$b'/>\n<Rating toName='a'/></View>", 2, "has no name")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/><Text name='a' value='$a'/><Text name='b' value='$b'/>\n<Rating name='r' toName='p'/></View>", 2, "toName is 'p'")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/><Text name='a' value='$a'/><Text name='b' value='$b'/>\n<Choices name='rlhf-verdict' toName='a'>\n<Choice value='meh'/></Choices></View>", 3, "'meh'")]
    [InlineData("<View><Pairwise name='p' toName='a,b'/><Text name='a' value='$a'/><Text name='b' value='$b'/>\n<TextArea name='meta' toName='a'/></View>", 2, "called 'meta'")]
    [InlineData("<View>\n<Pairwise name='split' toName='l,r'/><Text name='l' value='$a'/><Text name='r' value='$b'/></View>", 2, "called 'split'")]
    [InlineData("<View><Pairwise name='p' toName='l,r'/><Text name='l' value='$a'/><Text name='r' value='$b'/>\n<Rating name='b' toName='l'/></View>", 2, "called 'b'")]
    public void Template_Broken_IsRefusedWithTheLineAndTheReason(string xml, int line, string reason)
    {
        var refused = Assert.Throws<RlhfException>(() => TemplateReader.Read(xml));
        Assert.Equal("broken-template", refused.Code);
        Assert.Contains($"in line {line}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remedy);
    }
}
