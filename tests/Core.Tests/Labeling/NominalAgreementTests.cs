using Rlhf.Labeling;

namespace Rlhf.Core.Tests.Labeling;

public sealed class NominalAgreementTests
{
    /// <summary>Krippendorff 2011, example C: four observers, twelve units, nominal data: alpha = 0.743.</summary>
    [Fact]
    public void Alpha_PublishedExample_IsAsPublished()
    {
        string[] observers =
        [
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        ];
        var agreement = new NominalAgreement();
        agreement.Add(observers.SelectMany((values, observer) => values.Split(' ').Select((value, unit) => (value, unit)).Where(v => v.value != ".").Select(v => Vote(observer, v.unit, v.value))));
        Assert.Equal(0.743, agreement.Alpha!.Value, 3);
    }

    [Fact]
    public void Alpha_NobodyOverlapsOrNobodyDiffers_IsNull()
    {
        var agreement = new NominalAgreement();
        Assert.Null(agreement.Alpha);
        agreement.Add([Vote(0, 0, "a"), Vote(0, 1, "b")]);
        Assert.Null(agreement.Alpha);
        agreement.Add([Vote(0, 2, "a"), Vote(1, 2, "a")]);
        Assert.Null(agreement.Alpha);
    }

    private static Ranking Vote(int observer, int unit, string value) => new(
        new($"c{unit}"), new("demo-r1-b00001"), AnnotatorId.From($"o{observer}"), AnnotatorKind.Person, RankingOutcome.Ranked, [[value]], [], DateTimeOffset.UnixEpoch);
}
