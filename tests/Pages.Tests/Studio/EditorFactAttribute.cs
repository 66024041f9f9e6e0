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
        var missing = Browser.IsMissing ? "no Chromium; install it or set RLHF_BROWSER" : EditorFiles.ArePresent ? null : "no Label Studio editor; run npm ci";
        if (missing is null) return;
        DisplayName = $"{name} (skipped: {missing})";
        Skip = missing;
    }
}
