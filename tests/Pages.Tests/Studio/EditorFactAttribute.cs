using System.Runtime.CompilerServices;
using Rlhf.LabelStudio.Editor;

namespace Rlhf.Pages.Tests.Studio;

/// <summary>A test that needs a browser and Label Studio's editor; where one is missing, its name says why it was skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EditorFactAttribute : FactAttribute
{
    public EditorFactAttribute([CallerMemberName] string? name = null, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        if (Missing is null) return;
        DisplayName = $"{name} (skipped: {Missing})";
        Skip = Missing;
    }

    /// <summary>What these tests need and is not here.</summary>
    internal static string? Missing { get; } =
        Browser.IsMissing ? "no Chromium; install it or set RLHF_BROWSER" : EditorFiles.ArePresent && !Axe.IsMissing ? null : "no Label Studio editor; run npm ci";
}

/// <summary>The same with several inputs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EditorTheoryAttribute : TheoryAttribute
{
    public EditorTheoryAttribute([CallerMemberName] string? name = null, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        if (EditorFactAttribute.Missing is not { } missing) return;
        DisplayName = $"{name} (skipped: {missing})";
        Skip = missing;
    }
}
