using Microsoft.Playwright;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Security;

namespace Rlhf.Pages.Tests;

/// <summary>The campaign's page as its owner opens it.</summary>
internal static class CampaignPage
{
    /// <param name="section">As it stands in the address, e.g. <c>people</c>.</param>
    public static Task<IPage> OpenAsync(Browser browser, WebHost host, string section = "", int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light) =>
        browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken, $"/campaign?id={WebHost.Campaign}#{section}"), width, height, scheme);

    public static ILocator Sections(IPage page) => page.GetByRole(AriaRole.Navigation, new() { Name = "Sections" });

    public static Task GoToAsync(IPage page, string title) => Sections(page).GetByRole(AriaRole.Link, new() { Name = title }).ClickAsync();
}
