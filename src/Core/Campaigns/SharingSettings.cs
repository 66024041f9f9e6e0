namespace Rlhf.Campaigns;

/// <summary>Whom comparisons are asked of beyond the campaign's overlap. All of it only where there are so many annotators: nobody is waited for who is not there.</summary>
/// <param name="Share">0..1 of the comparisons, drawn by a hash of their ids, go to <paramref name="Overlap"/> annotators, so that agreement can be told.</param>
/// <param name="Overlap">Annotators of those.</param>
/// <param name="Most">Where no judgement has a majority, one more annotator is asked, until there are so many. What remains goes to a reviewer.</param>
/// <param name="Test">Annotators of a comparison that judges models.</param>
public sealed record SharingSettings(double Share = 0.1, int Overlap = 3, int Most = 5, int Test = 3)
{
    /// <summary>Nobody is asked beyond the campaign's overlap.</summary>
    public static SharingSettings None { get; } = new(0, 1, 1, 1);

    /// <summary>At most so many in every case.</summary>
    public SharingSettings AtMost(int annotators) => new(Share, Math.Min(Overlap, annotators), Math.Min(Most, annotators), Math.Min(Test, annotators));
}
