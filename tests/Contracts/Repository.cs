namespace Rlhf.Contracts;

/// <summary>Where the checked-out sources are, for tests that look at them.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    private static string FindRoot(string folder) =>
        System.IO.File.Exists(Path.Combine(folder, "Serverless.sln")) ? folder
        : FindRoot(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run within the repository."));
}
