namespace Rlhf.Local.Loop;

/// <summary>What the command line may ask for beyond a campaign's own settings.</summary>
public static class LoopSettingsRules
{
    /// <exception cref="RlhfException"><c>invalid-option</c>.</exception>
    public static void Check(LoopSettings settings)
    {
        if (settings.Prompts is < 1) throw Refuse("--prompts", settings.Prompts, "Ask for at least 1, or leave it out for all of them.");
        if (settings.Steps is < 1) throw Refuse("--steps", settings.Steps, "Ask for at least 1, or leave it out for the usual number.");
        if (settings.Annotators < 1) throw Refuse("--annotators", settings.Annotators, "Ask for at least 1, or leave the ranking to people: ./run serve");
    }

    private static RlhfException Refuse(string option, int? value, string remedy) => new("invalid-option", $"{option} is {value}.", remedy);
}
