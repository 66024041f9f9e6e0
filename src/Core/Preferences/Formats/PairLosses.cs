namespace Rlhf.Preferences.Formats;

/// <summary>What formats of pairs have in common in not holding.</summary>
internal static class PairLosses
{
    public const string Rankings = "Pairs, not rankings: ties and 'both bad' give none (the data card counts them), comments and own answers stay behind.";
    public const string ManyAnswers = "A comparison of more than two answers comes as its pairs; read back in, each pair is a comparison of its own and weighs 1.";
    public const string Votes = "Of several annotators' votes the shares are kept (preference, agreement), not the votes; read back in, a pair has one ranking for each kind of annotator behind it.";
    public const string Facts = "No weight, agreement, margin, generators and kinds of annotators.";
    public const string Roles = "A conversation is one text with 'Human:', 'Assistant:' and 'System:'; where a text holds such a mark itself, it is written '\\Human:' and read back.";

    public static IReadOnlyList<string> OfPairs { get; } = [Rankings, ManyAnswers, Votes];
}
