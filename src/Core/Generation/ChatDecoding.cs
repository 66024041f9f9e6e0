using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;

namespace Rlhf.Generation;

/// <summary>From messages to tokens and back, around whatever draws the tokens: the same wherever a local model is computed.</summary>
/// <param name="positions">Most tokens of one sequence.</param>
/// <param name="name">The model's, for people.</param>
public sealed class ChatDecoding(ChatTokenizer tokenizer, int positions, string name)
{
    /// <param name="decode">Draws the answers: one a request, in order.</param>
    public async Task<IReadOnlyList<GenerationOutcome>> AnswerAsync(
        IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, Func<IReadOnlyList<DecodingRequest>, Task<IReadOnlyList<DecodedAnswer>>> decode)
    {
        var outcomes = new GenerationOutcome[requests.Count];
        var decoding = new List<(int Index, DecodingRequest Request)>();
        for (var i = 0; i < requests.Count; i++)
        {
            if (tokenizer.EncodePrompt(requests[i].Messages, PromptRoom(sampling)) is { } prompt) decoding.Add((i, new(prompt.Tokens, requests[i].Seed)));
            else outcomes[i] = TooLong(sampling);
        }

        var answers = await decode([.. decoding.Select(d => d.Request)]);
        foreach (var ((index, request), answer) in decoding.Zip(answers)) outcomes[index] = Outcome(request, answer);
        return outcomes;
    }

    private int PromptRoom(SamplingSettings sampling) => positions - Math.Min(sampling.MaximumTokens, positions / 2);

    private GenerationOutcome Outcome(DecodingRequest request, DecodedAnswer answer) => new(
        tokenizer.DecodeAnswer(answer.Tokens), answer.Ended ? FinishReason.Stop : FinishReason.Length, request.Tokens.Count, answer.LogProbabilities.Count);

    private GenerationOutcome TooLong(SamplingSettings sampling) => new(
        null, FinishReason.Length, Failure: new(
            "prompt-too-long",
            $"The last message alone is longer than the {PromptRoom(sampling)} tokens that {name} has for a prompt. Shorten it, or choose a model with a longer context.",
            IsTransient: false));
}
