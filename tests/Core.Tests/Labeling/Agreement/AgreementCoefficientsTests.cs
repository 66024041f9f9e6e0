using Rlhf.Labeling.Agreement;

namespace Rlhf.Core.Tests.Labeling.Agreement;

public sealed class AgreementCoefficientsTests
{
    /// <summary>Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: four observers, twelve units, values missing. Gwet 2014 has the same data (irrCAC: cac.raw4raters).</summary>
    private static readonly RatingTable FourObservers = Table(
        "1 2 3 4 5",
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .");

    /// <summary>Krippendorff 2011, example A: two observers, binary.</summary>
    private static readonly RatingTable TwoObservers = Table("0 1", "0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0");

    [Fact]
    public void Alpha_PublishedExamples_AreAsPublished()
    {
        Assert.Equal(0.743, AgreementCoefficients.Alpha(FourObservers, FourObservers.Times)!.Value, 3);
        Assert.Equal(0.095, AgreementCoefficients.Alpha(TwoObservers, TwoObservers.Times)!.Value, 3);
    }

    /// <summary>irrCAC 1.0 (Gwet), overview: AC1 of the same data is 0.77544.</summary>
    [Fact]
    public void Ac1_PublishedExample_IsAsPublished() =>
        Assert.Equal(0.77544, AgreementCoefficients.Gwet(FourObservers, FourObservers.Times, AgreementWeights.Identity(5))!.Value, 5);

    /// <summary>Gwet 2008, table 2: 125 subjects, both positive 118, 5 and 2 split, none both negative: raw 0.944, AC1 0.94, where kappa is below 0.</summary>
    [Fact]
    public void Ac1_HighAgreementOnOneValue_StaysHighWhereAlphaFalls()
    {
        var table = RatingTable.Of<string>(
            [.. Enumerable.Repeat<string[]>(["+", "+"], 118), .. Enumerable.Repeat<string[]>(["+", "-"], 5), .. Enumerable.Repeat<string[]>(["-", "+"], 2)], ["+", "-"]);
        Assert.Equal(0.944, AgreementCoefficients.Raw(table, table.Times)!.Value, 3);
        Assert.Equal(0.941, AgreementCoefficients.Gwet(table, table.Times, AgreementWeights.Identity(2))!.Value, 3);
        Assert.InRange(AgreementCoefficients.Alpha(table, table.Times)!.Value, -0.05, 0);
    }

    /// <summary>irrCAC 1.0 (Gwet): AC2 of the four observers with quadratic weights is 0.914.</summary>
    [Fact]
    public void Ac2_PublishedExample_IsAsPublished() =>
        Assert.Equal(0.914, AgreementCoefficients.Gwet(FourObservers, FourObservers.Times, AgreementWeights.Quadratic(5))!.Value, 3);

    /// <summary>irrCAC 1.0, "Computing weighted agreement coefficients": ordinal.weights(1:3).</summary>
    [Fact]
    public void OrdinalWeights_OfThree_AreAsPublished() =>
        Assert.Equal([1, 0.6667, 0, 0.6667, 1, 0.6667, 0, 0.6667, 1], AgreementWeights.Ordinal(3).Cast<double>().Select(w => Math.Round(w, 4)));

    /// <summary>By hand from Gwet 2014, chapters 3 and 5: weights 1, ⅔ and 0; p_a = (1 + ⅔ + ⅔ + 1 + 0) / 5 = ⅔; π = 0.4, 0.2, 0.4 and T_w = 17/3, so p_e = 17/3 / 6 · 0.64 = 136/225; AC2 = (150 − 136) / (225 − 136).</summary>
    [Fact]
    public void Ac2_OrdinalWeights_IsAsByHand()
    {
        var table = Table("1 2 3", "1 1 2 3 1", "1 2 3 3 3");
        Assert.Equal(14.0 / 89, AgreementCoefficients.Gwet(table, table.Times, AgreementWeights.Ordinal(3))!.Value, 12);
        // With a fourth value that nobody used: weights 1, 5/6, ½, 0; p_a = (1 + 5/6 + 5/6 + 1 + ½) / 5 = 5/6; T_w = 4 + 6·5/6 + 4·½ = 11, p_e = 11/12 · 0.64 = 44/75.
        var wider = Table("1 2 3 4", "1 1 2 3 1", "1 2 3 3 3");
        Assert.Equal((5.0 / 6 - 44.0 / 75) / (1 - 44.0 / 75), AgreementCoefficients.Gwet(wider, wider.Times, AgreementWeights.Ordinal(4))!.Value, 12);
    }

    [Fact]
    public void Ac2_OrdinalWeights_NearMissesCountMoreThanFarOnes()
    {
        var near = Table("1 2 3 4 5", "1 2 3 4 5 3", "2 1 4 5 4 3");
        var far = Table("1 2 3 4 5", "1 2 3 4 5 3", "5 4 1 1 1 3");
        var weights = AgreementWeights.Ordinal(5);
        Assert.True(AgreementCoefficients.Gwet(near, near.Times, weights) > AgreementCoefficients.Gwet(far, far.Times, weights) + 0.5);
    }

    [Fact]
    public void Figures_NobodyOverlapsOrNobodyDiffers_AreNullWhereNothingTells()
    {
        var alone = Table("a b", "a b .", ". . a");
        Assert.Null(AgreementCoefficients.Raw(alone, alone.Times));
        Assert.Null(AgreementCoefficients.Alpha(alone, alone.Times));
        Assert.Null(AgreementCoefficients.Gwet(alone, alone.Times, AgreementWeights.Identity(2)));
        var same = Table("a b", "a a", "a a");
        Assert.Equal(1, AgreementCoefficients.Raw(same, same.Times));
        Assert.Null(AgreementCoefficients.Alpha(same, same.Times));
        Assert.Equal(1, AgreementCoefficients.Gwet(same, same.Times, AgreementWeights.Identity(2)));
    }

    /// <summary>One line an observer; a point is missing.</summary>
    private static RatingTable Table(string values, params string[] observers)
    {
        var rows = observers.Select(o => o.Split(' ')).ToList();
        return RatingTable.Of(Enumerable.Range(0, rows[0].Length).Select(unit => rows.Select(r => r[unit]).Where(v => v != ".")), values.Split(' '));
    }
}
