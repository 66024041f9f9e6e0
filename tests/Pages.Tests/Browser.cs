using Microsoft.Playwright;
using Rlhf.Pages.Tests;

[assembly: AssemblyFixture(typeof(Browser))]

namespace Rlhf.Pages.Tests;

/// <summary>One Chromium for all tests, from the system: nothing is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    // The shell first: the same engine without a browser's own windows, which nobody sees here, at two thirds of the processor time.
    private static readonly string[] Candidates =
    [
        "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", @"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];

    // Without these, Chromium looks for hosts of its maker at every start.
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private const int Limit = 15_000;

    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>The browser's path: <c>RLHF_BROWSER</c>, or where systems put it; null where there is none.</summary>
    public static string? ExecutablePath { get; } = Environment.GetEnvironmentVariable("RLHF_BROWSER") ?? Candidates.FirstOrDefault(File.Exists);

    public static bool IsMissing => ExecutablePath is null;

    public async ValueTask InitializeAsync()
    {
        if (IsMissing) return;
        // As long as everything else may take: Label Studio's editor alone needs more than five seconds on a busy machine.
        Assertions.SetDefaultExpectTimeout(Limit);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = ExecutablePath, Args = Arguments, Timeout = 60_000 });
    }

    /// <summary>A page with storage of its own. Errors in its scripts fail the test that calls <see cref="PageErrors.AssertNone"/>.</summary>
    public async Task<IPage> OpenAsync(string address, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light, bool touch = false)
    {
        var context = await browser!.NewContextAsync(new() { HasTouch = touch, ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        ClosePagesAttribute.Remember(context);
        context.SetDefaultTimeout(Limit);
        var page = await context.NewPageAsync();
        PageErrors.Collect(page);
        await page.GotoAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}

/// <summary>A test that needs a browser; where there is none, its name says why it was skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([System.Runtime.CompilerServices.CallerMemberName] string? name = null, [System.Runtime.CompilerServices.CallerFilePath] string? file = null, [System.Runtime.CompilerServices.CallerLineNumber] int line = 0)
        : base(file, line)
    {
        if (!Browser.IsMissing) return;
        DisplayName = $"{name} (skipped: no Chromium; install it or set RLHF_BROWSER)";
        Skip = "No Chromium was found; install it or set RLHF_BROWSER to its path.";
    }
}

/// <summary>The same with several inputs; it needs axe-core too, which <c>npm ci</c> brings.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute([System.Runtime.CompilerServices.CallerMemberName] string? name = null, [System.Runtime.CompilerServices.CallerFilePath] string? file = null, [System.Runtime.CompilerServices.CallerLineNumber] int line = 0)
        : base(file, line)
    {
        var missing = Browser.IsMissing ? "no Chromium; install it or set RLHF_BROWSER" : Axe.IsMissing ? "no axe-core; run npm ci" : null;
        if (missing is null) return;
        DisplayName = $"{name} (skipped: {missing})";
        Skip = $"{missing}.";
    }
}
