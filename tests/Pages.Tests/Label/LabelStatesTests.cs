namespace Rlhf.Pages.Tests;

/// <summary>Every state of the form, wide and on a phone, light and dark. With <c>RLHF_SCREENSHOTS=folder</c> a picture of each is kept.</summary>
public sealed class LabelStatesTests(Browser browser)
{
    public static TheoryData<string> Names => [.. LabelState.All.Select(state => state.Name)];

    [BrowserTheory]
    [MemberData(nameof(Names))]
    public Task State_WideAndNarrowLightAndDark_HasNothingSeriousForAxeAndFits(string name) =>
        LabelState.All.Single(state => state.Name == name).ShowAsync(browser, form => Axe.AssertInAllViewsAsync(form.Page, name));
}
