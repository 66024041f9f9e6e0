using System.Runtime.CompilerServices;
using Xunit.Sdk;
using Xunit.v3;

namespace Rlhf.Contracts.Tools;

/// <summary>A fact that is skipped where what its class or itself <see cref="NeedsAttribute">needs</see> is missing; its name then says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(ToolFactDiscoverer))]
public sealed class ToolFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) : FactAttribute(file, line);

/// <summary>The same for a theory: skipped as one, whatever its data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(ToolTheoryDiscoverer))]
public sealed class ToolTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) : TheoryAttribute(file, line);

public sealed class ToolFactDiscoverer : FactDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        SkippedByName.Find(discoveryOptions, testMethod, factAttribute) is { } skipped ? new([skipped]) : base.Discover(discoveryOptions, testMethod, factAttribute);
}

public sealed class ToolTheoryDiscoverer : TheoryDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        SkippedByName.Find(discoveryOptions, testMethod, factAttribute) is { } skipped ? new([skipped]) : base.Discover(discoveryOptions, testMethod, factAttribute);
}

internal static class SkippedByName
{
    /// <summary>The test as one that is skipped, with the reason in its name; null where all it needs is here.</summary>
    public static XunitTestCase? Find(ITestFrameworkDiscoveryOptions options, IXunitTestMethod method, IFactAttribute attribute)
    {
        var needs = Attribute.GetCustomAttributes(method.Method, typeof(NeedsAttribute)).Concat(Attribute.GetCustomAttributes(method.TestClass.Class, typeof(NeedsAttribute)));
        if (needs.Cast<NeedsAttribute>().Select(n => Obstacles.To(n.Tool)).FirstOrDefault(o => o is not null) is not { } obstacle) return null;
        var details = TestIntrospectionHelper.GetTestCaseDetails(options, method, attribute, testMethodArguments: null, timeout: null, baseDisplayName: null, label: null);
        return new(details.ResolvedTestMethod, $"{details.TestCaseDisplayName} (skipped: {obstacle})", details.UniqueID, details.Explicit, skipReason: obstacle,
            sourceFilePath: details.SourceFilePath, sourceLineNumber: details.SourceLineNumber);
    }
}
