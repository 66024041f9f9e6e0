namespace Rlhf.Preferences.Formats;

/// <summary>What formats of pairs can't hold, in the words that people are told.</summary>
internal static class PairLosses
{
    public const string Rankings = "Pairs, not rankings: ties and 'both bad' give none, with soft labels too (the data card counts them); comments and own answers stay behind.";
    public const string Even = "Pairs, not rankings: 'both bad' gives none, and a tie one of preference 0.5 only where labels are soft (the data card counts them); comments and own answers stay behind.";
    public const string ManyAnswers = "A comparison of more than two answers comes as its pairs; read back in, it is one again where its annotators agreed, else each pair is a comparison of its own that weighs what it weighed.";
    public const string Votes = "Of several annotators' votes their number and shares are kept (rankings, preference, agreement), not who gave which; read back in, votes are made anew that give these shares, and the same pair twice is one. Shares weighed by Dawid–Skene are not made of votes and come back as one ranking for each kind of annotator.";
    public const string Facts = "No weight, share of votes (preference), agreement, margin, generators, and kinds of annotators: read back in, each pair is one ranking of a comparison of its own, and somebody has to say who ranked.";
    public const string NoSplit = "No field for the split: one file a split.";
    public const string Roles = @"A conversation is one text with 'Human:', 'Assistant:' and 'System:'; a turn that holds such a mark after an empty line gets a backslash before it, which reading back takes away.";

    public static IReadOnlyList<string> OfPairs { get; } = [Rankings, ManyAnswers, Votes];
}
