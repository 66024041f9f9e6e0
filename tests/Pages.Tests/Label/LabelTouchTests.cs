using Microsoft.Playwright;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>The form under a finger: touches as the browser gets them from a screen.</summary>
public sealed class LabelTouchTests(Browser browser)
{
    [BrowserFact]
    public async Task Finger_DragsNumbersToTheirPlacesAndTapsThem()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host);
        var strip = form.Page.Locator(".strip");
        await TapAsync(form.Page, strip.Locator("[data-chip='1']"));
        await Expect(form.Answer(1)).ToContainTextAsync("1st");
        await TapAsync(form.Page, strip.Locator("[data-chip='2']"));
        await Expect(form.Answer(2)).ToContainTextAsync("2nd");
        await DragAsync(form.Page, strip.Locator("[data-chip='4']"), strip.Locator(".tier").First);
        await Expect(form.Answer(4)).ToContainTextAsync("1st");
        await DragAsync(form.Page, strip.Locator("[data-chip='3']"), strip.Locator(".gap").First);
        await Expect(form.Answer(3)).ToContainTextAsync("1st");
        await DragAsync(form.Page, strip.Locator("[data-chip='2']"), form.Page.Locator("#title"));
        await Expect(form.Answer(2)).ToContainTextAsync("3rd");
        await Expect(form.Page.Locator(".ghost")).ToHaveCountAsync(0);
        await TapAsync(form.Page, form.Page.GetByRole(AriaRole.Button, new() { Name = "Submit" }));
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1));
        Assert.Equal("3>1=4>2", string.Join('>', ranking.Tiers.Select(tier => string.Join('=', tier.Select(answer => ranking.ShownOrder.ToList().IndexOf(answer) + 1).Order()))));
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Finger_OnTheTexts_Scrolls()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host);
        var (touches, from) = (await form.Page.Context.NewCDPSessionAsync(form.Page), await CentreAsync(form.Answer(1).Locator(".text")));
        await TouchAsync(touches, "touchStart", from);
        for (var step = 1; step <= 10; step++) await TouchAsync(touches, "touchMove", (from.X, from.Y - step * 20));
        await TouchAsync(touches, "touchEnd", null);
        await form.Page.WaitForFunctionAsync("() => scrollY > 100");
        await Expect(form.Page.Locator(".badge-place:visible")).ToHaveCountAsync(0);
    }

    private async Task<LabelForm> OpenAsync(WebHost host)
    {
        await Stored.PublishAsync(host, new(), SampleComparisons.Make(Stored.Batch, 0, answers: 4));
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync(), width: 390, height: 844, touch: true);
        await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        return form;
    }

    /// <summary>Both ends of the touch are sent at once: on a busy machine it would become a long press otherwise.</summary>
    private static async Task TapAsync(IPage page, ILocator what)
    {
        await Expect(what).ToBeEnabledAsync();
        var (touches, at) = (await page.Context.NewCDPSessionAsync(page), await CentreAsync(what));
        await Task.WhenAll(TouchAsync(touches, "touchStart", at), TouchAsync(touches, "touchEnd", null));
    }

    private static async Task DragAsync(IPage page, ILocator what, ILocator where)
    {
        var touches = await page.Context.NewCDPSessionAsync(page);
        var (from, to) = (await CentreAsync(what), await CentreAsync(where));
        await TouchAsync(touches, "touchStart", from);
        for (var step = 1; step <= 5; step++) await TouchAsync(touches, "touchMove", (from.X + (to.X - from.X) * step / 5, from.Y + (to.Y - from.Y) * step / 5));
        await TouchAsync(touches, "touchEnd", null);
    }

    private static async Task<(double X, double Y)> CentreAsync(ILocator element)
    {
        var box = (await element.BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    private static Task<System.Text.Json.JsonElement?> TouchAsync(ICDPSession touches, string type, (double X, double Y)? point) => touches.SendAsync("Input.dispatchTouchEvent", new Dictionary<string, object>
    {
        ["type"] = type,
        ["touchPoints"] = point is { } at ? new[] { new Dictionary<string, object> { ["x"] = at.X, ["y"] = at.Y } } : [],
    });
}
