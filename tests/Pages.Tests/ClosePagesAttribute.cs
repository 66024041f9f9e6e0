using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Playwright;
using Rlhf.Pages.Tests;
using Xunit.v3;

[assembly: ClosePages]

namespace Rlhf.Pages.Tests;

/// <summary>Closes what a test opened when it ends. A page that is left open goes on asking a server that has gone, and a few hundred of them leave no processor to the tests after them.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class ClosePagesAttribute : Attribute, IBeforeAfterTestAttribute
{
    private static readonly ConcurrentDictionary<string, ConcurrentBag<IBrowserContext>> Opened = new();

    public static void Remember(IBrowserContext context)
    {
        if (TestContext.Current.Test is { } test) Opened.GetOrAdd(test.UniqueID, _ => []).Add(context);
    }

    public void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
    }

    /// <remarks>Nobody waits for it: the next test has pages of its own, and the browser's end closes what is left.</remarks>
    public void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (!Opened.TryRemove(test.UniqueID, out var contexts)) return;
        foreach (var context in contexts) _ = context.CloseAsync();
    }
}
