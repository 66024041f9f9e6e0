using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Rlhf.Preferences;

/// <summary>All votes of a campaign, a number each: what Dawid–Skene goes through again and again, and the only thing of an export that grows with the campaign (4 bytes a vote and 4 an item).</summary>
public sealed class VoteTable
{
    private const int VoteBits = 2;

    private readonly Dictionary<AnnotatorId, int> numbers = [];
    private readonly List<AnnotatorId> annotators = [];
    private readonly List<int> votes = [];
    private readonly List<int> ends = [];

    public VoteTable()
    {
    }

    /// <param name="items">The votes on each two answers, one an annotator at most.</param>
    public VoteTable(IEnumerable<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> items) => Add(items);

    /// <summary>Items: each two answers that somebody voted on.</summary>
    public int Count => ends.Count;

    /// <summary>By their numbers.</summary>
    public IReadOnlyList<AnnotatorId> Annotators => annotators;

    public void Add(IEnumerable<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> items)
    {
        foreach (var item in items)
        {
            foreach (var (annotator, vote) in item) votes.Add(NumberOf(annotator) << VoteBits | (int)vote);
            ends.Add(votes.Count);
        }
    }

    /// <summary>Votes on an item: annotators' numbers and what they said.</summary>
    internal VotesOn this[int item] => new(CollectionsMarshal.AsSpan(votes)[(item == 0 ? 0 : ends[item - 1])..ends[item]]);

    /// <summary>Another one for each other content.</summary>
    public string GetHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var annotator in annotators) hash.AppendData(System.Text.Encoding.UTF8.GetBytes(annotator.Value + "\n"));
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var value in votes.Concat(ends))
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            hash.AppendData(number);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private int NumberOf(AnnotatorId annotator)
    {
        if (numbers.TryGetValue(annotator, out var number)) return number;
        annotators.Add(annotator);
        return numbers[annotator] = annotators.Count - 1;
    }

    internal readonly ref struct VotesOn(ReadOnlySpan<int> votes)
    {
        private readonly ReadOnlySpan<int> votes = votes;

        public int Count => votes.Length;

        public (int Annotator, AnswerVote Vote) this[int i] => (votes[i] >> VoteBits, (AnswerVote)(votes[i] & ((1 << VoteBits) - 1)));
    }
}
