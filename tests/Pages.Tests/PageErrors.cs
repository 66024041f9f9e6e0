using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Rlhf.Pages.Tests;

/// <summary>Script errors and refused content of a page.</summary>
internal static class PageErrors
{
    private static readonly ConditionalWeakTable<IPage, ConcurrentQueue<string>> Errors = [];

    public static void Collect(IPage page)
    {
        var errors = Errors.GetOrCreateValue(page);
        page.PageError += (_, error) => errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) errors.Enqueue(message.Text);
        };
    }

    public static void AssertNone(IPage page) => Assert.Empty(Errors.GetOrCreateValue(page));
}
