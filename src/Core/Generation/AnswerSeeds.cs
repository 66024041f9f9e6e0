using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rlhf.Generation;

/// <summary>Everything random about an answer, from what it is for: a rerun draws the same.</summary>
public static class AnswerSeeds
{
    /// <summary>The seed of answer <paramref name="index"/> to a prompt, on its <paramref name="attempt"/>-th drawing; never negative.</summary>
    public static long Of(long campaignSeed, PromptId prompt, int index, int attempt) => (long)(Hash($"answer\n{campaignSeed}\n{prompt}\n{index}\n{attempt}") >> 1);

    /// <summary>The generator that writes it, drawn by share.</summary>
    public static GeneratorSettings GeneratorFor(IReadOnlyList<GeneratorSettings> generators, long campaignSeed, PromptId prompt, int index)
    {
        var position = Hash($"generator\n{campaignSeed}\n{prompt}\n{index}") / (double)ulong.MaxValue * generators.Sum(g => g.Share);
        foreach (var generator in generators)
        {
            position -= generator.Share;
            if (position < 0) return generator;
        }
        return generators[^1];
    }

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
