using Microsoft.Playwright;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests.Studio;

/// <summary>The page with Label Studio's editor as its user sees it.</summary>
internal sealed class StudioForm(IPage page)
{
    public const string Template = """
        <View>
          <Style>
            .pair { display: flex; flex-wrap: wrap; gap: 1em; margin: 1em 0; }
            .pair .side { flex: 1 1 18em; border: 1px solid #d9d9d9; border-radius: 8px; padding: 4px; background: #fff; cursor: pointer; }
            .pair .side .lsf-richtext { height: 100%; border: 2px solid transparent; border-radius: 5px; padding: .6em .8em; box-sizing: border-box; }
          </Style>
          <Header value="Which answer would you rather have received?"/>
          <View style="background: #eef4fb; border-radius: 8px; padding: .75em 1em"><Text name="prompt" value="$prompt"/></View>
          <Pairwise name="pw" toName="left,right" selectionStyle="background-color: rgb(219, 234, 254); border: 2px solid rgb(37, 99, 235); border-radius: 5px"/>
          <View className="pair">
            <View className="side left"><Text name="left" value="$text1"/></View>
            <View className="side right"><Text name="right" value="$text2"/></View>
          </View>
          <Choices name="why" toName="prompt" choice="multiple" showInLine="true"><Choice value="Solves it"/><Choice value="Friendly"/><Choice value="Short"/></Choices>
          <Rating name="sure" toName="prompt"/>
          <TextArea name="note" toName="prompt" placeholder="Anything to add?" rows="2" maxSubmissions="1"/>
        </View>
        """;

    /// <summary>The same with a place for a tie, both bad and how much better.</summary>
    public static string WithVerdict { get; } = Template.Replace("<Rating", """
        <Choices name="rlhf-verdict" toName="prompt" choice="single-radio" showInLine="true">
            <Choice value="slightly better"/><Choice value="better"/><Choice value="much better"/><Choice value="tie"/><Choice value="both bad"/>
          </Choices>
          <Rating
        """, StringComparison.Ordinal);

    public IPage Page => page;

    public ILocator Main => page.Locator("main");

    public ILocator Flash => page.Locator("#flash");

    public ILocator Progress => page.Locator("#progress-text");

    public ILocator Outbox => page.Locator("#outbox");

    public IFrameLocator Frame => page.FrameLocator("#editor iframe");

    /// <summary>What holds the side's text, and gets the selection's style.</summary>
    public ILocator Side(string side) => Frame.Locator($".side.{side} .lsf-richtext");

    public ILocator SideText(string side) => Side(side).Locator(".lsf-richtext__container");

    public ILocator Prompt => Frame.Locator(".lsf-richtext__container").First;

    /// <summary>A choice of a Choices field; its key may stand behind it.</summary>
    public ILocator Choice(string name) => Frame.Locator("label", new() { HasTextRegex = new($"^\\s*{name}") });

    public static async Task<StudioForm> OpenAsync(Browser browser, WebHost.Annotator annotator, int width = 1280, int height = 900)
    {
        // The link that everybody gets: the form sends on to the editor where the campaign has a template.
        var form = new StudioForm(await browser.OpenAsync(annotator.Link, width, height));
        await Expect(form.SideText("left")).ToBeVisibleAsync();
        return form;
    }

    public Task ChooseAsync(string side) => SideText(side).ClickAsync();

    public async Task SubmitAsync(string button = "Submit")
    {
        await Frame.GetByText(button, new() { Exact = true }).ClickAsync();
    }
}
