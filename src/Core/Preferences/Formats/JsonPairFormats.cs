using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>The formats of JSON lines: TRL's four shapes, trlX, Anthropic's transcripts, OpenAI's preference fine-tuning.</summary>
internal static class JsonPairFormats
{
    private const string JsonLines = "application/jsonl";

    /// <remarks>https://huggingface.co/docs/trl/dataset_formats#preference</remarks>
    public static IExportFormat Trl { get; } = new JsonPairFormat(
        Info(ExportFormats.Default, "TRL preference: conversational, explicit prompt", []),
        p => PairLine.Of(p, p.Messages, Said(p.Chosen), Said(p.Rejected)));

    public static IExportFormat TrlImplicit { get; } = new JsonPairFormat(
        Info("trl-implicit", "TRL preference: conversational, the prompt within both", []),
        p => PairLine.Of(p, null, Conversation(p, p.Chosen), Conversation(p, p.Rejected)));

    public static IExportFormat TrlText { get; } = new JsonPairFormat(
        Info("trl-text", "TRL preference: standard (texts), explicit prompt", ["A prompt of one user message is its text. " + PairLosses.Roles]),
        p => p.Messages is [{ Role: MessageRole.User } only] && !Transcript.IsQuestion(only.Content) ? PairLine.Of(p, only.Content, p.Chosen, p.Rejected) : Continued(p));

    /// <remarks>The shape of trlX's own reward-model examples: a transcript that ends in "Assistant:", and its two continuations.</remarks>
    public static IExportFormat TrlX { get; } = new JsonPairFormat(Info("trlx", "trlX pairs: a transcript and its continuations", [PairLosses.Roles]), Continued);

    /// <remarks>https://huggingface.co/datasets/Anthropic/hh-rlhf</remarks>
    public static IExportFormat HelpfulHarmless { get; } = new JsonPairFormat(
        Info("hh", "Anthropic HH: chosen and rejected transcripts", [PairLosses.Roles]),
        p => PairLine.Of(p, null, Transcript.Of(Conversation(p, p.Chosen)), Transcript.Of(Conversation(p, p.Rejected))));

    /// <remarks>https://learn.microsoft.com/azure/foundry/openai/how-to/fine-tuning-direct-preference-optimization</remarks>
    public static IExportFormat OpenAI { get; } = new JsonPairFormat(
        new("openai", "OpenAI and Azure OpenAI preference fine-tuning (DPO)", JsonLines, ".jsonl", [PairLosses.Rankings, PairLosses.Facts, PairLosses.NoSplit]) { HoldsSplit = false }, OpenAILine.Of);

    private static FormatInfo Info(string name, string title, IReadOnlyList<string> loses) => new(name, title, JsonLines, ".jsonl", [.. PairLosses.OfPairs, .. loses]);

    private static Message[] Said(string text) => [new(MessageRole.Assistant, text)];

    private static Message[] Conversation(PreferencePair pair, string answer) => [.. pair.Messages, .. Said(answer)];

    private static PairLine Continued(PreferencePair pair) =>
        PairLine.Of(pair, Transcript.Question(pair.Messages), Transcript.Continuation(pair.Chosen), Transcript.Continuation(pair.Rejected));
}
