using System.Collections.Frozen;

namespace Rlhf.Generation.Tokenization;

/// <summary>GPT-2's alphabet: each byte written as one printable character, so that any text is a string of known symbols.
/// Source: <c>bytes_to_unicode</c> in https://github.com/openai/gpt-2 (src/encoder.py).</summary>
public static class ByteLevel
{
    /// <summary>How GPT-2 cuts text into words before merging; every character belongs to exactly one match.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The character of each byte, by byte.</summary>
    public static IReadOnlyList<char> Characters { get; } = MakeCharacters();

    private static readonly FrozenDictionary<char, byte> Bytes =
        Characters.Select((c, b) => (c, b)).ToFrozenDictionary(p => p.c, p => (byte)p.b);

    /// <summary>The bytes a vocabulary symbol stands for; null where a character is not of the alphabet.</summary>
    public static byte[]? TryGetBytes(string symbol)
    {
        var bytes = new byte[symbol.Length];
        for (var i = 0; i < symbol.Length; i++)
            if (!Bytes.TryGetValue(symbol[i], out bytes[i])) return null;
        return bytes;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
        {
            var printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[b] = printable ? (char)b : (char)next++;
        }

        return characters;
    }
}
