namespace Rlhf;

/// <summary>Finds the project's own folder: the sample prompts, the shipped model and the trainer's source are there.</summary>
public static class SolutionFolder
{
    /// <summary>The nearest folder above the program, or else above the current one, that holds <c>Serverless.sln</c>.</summary>
    public static string? Find() => FindAbove(AppContext.BaseDirectory) ?? FindAbove(Environment.CurrentDirectory);

    private static string? FindAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln"))) return folder.FullName;
        }
        return null;
    }

    /// <exception cref="RlhfException"><c>solution-not-found</c>.</exception>
    public static string Require(string what) => Find() ?? throw new RlhfException("solution-not-found",
        $"{what} is looked for in the project's folder, and neither '{AppContext.BaseDirectory}' nor '{Environment.CurrentDirectory}' is inside one.",
        "Start the program from a clone of the project.");
}
