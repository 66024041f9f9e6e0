namespace Rlhf.Generation.Tokenization;

/// <summary>What a byte-level BPE tokenizer is made of.</summary>
/// <param name="Vocabulary">Symbols in the byte-level alphabet and special tokens as they are, with their ids.</param>
/// <param name="Merges">Pairs of symbols, the first learned first.</param>
/// <param name="SpecialTokens">Tokens that only the chat format may write, never a person's text; part of <paramref name="Vocabulary"/>.</param>
/// <param name="Pattern">How text is cut into words before merging.</param>
public sealed record TokenizerData(
    IReadOnlyDictionary<string, int> Vocabulary, IReadOnlyList<(string Left, string Right)> Merges,
    IReadOnlyDictionary<string, int> SpecialTokens, string Pattern = ByteLevel.Gpt2Pattern);
