using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Rlhf.LabelStudio.Editor;

/// <summary>Label Studio's own editor: the build in npm's <c>@heartexlabs/label-studio</c> 1.4.0 (later versions bring none). It is too large to travel in the assembly:
/// it is served from beside the program (a publish copies it there), else from <c>node_modules</c> of the project's folder.</summary>
public static class EditorFiles
{
    public const string Script = "js/main.js";
    public const string Styles = "css/main.css";

    /// <summary>Folder beside the program.</summary>
    public const string PublishedFolder = "label-studio";

    /// <summary>Where the package's build lies in the project's folder.</summary>
    public static string PackageFolder { get; } = Path.Combine("node_modules", "@heartexlabs", "label-studio", "build", "static");

    // Only what was found is kept: `npm ci` may come while the server runs.
    private static volatile Build? found;

    public static bool ArePresent => Find() is not null;

    /// <exception cref="RlhfException"><c>editor-missing</c>.</exception>
    public static void Require()
    {
        if (!ArePresent) throw Missing();
    }

    /// <summary>The editor's script or its styles.</summary>
    /// <exception cref="RlhfException"><c>no-such-file</c> or <c>editor-missing</c>.</exception>
    public static EditorFile Get(string path)
    {
        if (path is not (Script or Styles))
            throw new RlhfException("no-such-file", $"The editor has no file '{(path.Length > 100 ? path[..100] : path)}'.", "Reload the page.", StatusCodes.Status404NotFound);
        var build = Find() ?? throw Missing();
        return path == Script ? build.Script : build.Styles;
    }

    private static Build? Find() => found ??= Folders().Select(Load).FirstOrDefault(b => b is not null);

    private static IEnumerable<string> Folders()
    {
        yield return Path.Combine(AppContext.BaseDirectory, PublishedFolder);
        if (SolutionFolder.Find() is { } project) yield return Path.Combine(project, PackageFolder);
    }

    private static Build? Load(string folder)
    {
        var (script, styles) = (Path.Combine(folder, Script), Path.Combine(folder, Styles));
        return File.Exists(script) && File.Exists(styles) ? new(EditorFile.Read(script, "text/javascript"), EditorFile.Read(styles, "text/css")) : null;
    }

    private static RlhfException Missing() => new("editor-missing", "Label Studio's editor is not on this server.",
        "Run `npm ci` in the project's folder (Node 20), before a publish too, and reload this page.", StatusCodes.Status404NotFound);

    private sealed record Build(EditorFile Script, EditorFile Styles);
}

/// <param name="Path">On disk.</param>
/// <param name="ETag">Of its content.</param>
public sealed record EditorFile(string Path, string ContentType, string ETag)
{
    internal static EditorFile Read(string path, string type)
    {
        using var content = File.OpenRead(path);
        return new(path, type + "; charset=utf-8", $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..20]}\"");
    }
}
