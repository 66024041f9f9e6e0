namespace Rlhf.Local.Checks;

/// <summary>The small model that ships with the project. It only speaks customer-support messages.</summary>
public static class ShippedModel
{
    public static string? Find() => SolutionFolder.Find() is { } root ? Path.Combine(root, "models", "support-small") : null;

    public static string SamplePrompts => Path.Combine(SolutionFolder.Require("The sample prompts"), "samples", "support-prompts.jsonl");
}
