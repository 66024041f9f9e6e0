namespace Rlhf.Labeling.Agreement;

/// <summary>How much two different values agree, 0..1 (Gwet 2014, chapter 3).</summary>
public static class AgreementWeights
{
    /// <summary>Only the same is agreement.</summary>
    public static double[,] Identity(int values) => Of(values, distance => distance == 0 ? 1 : 0);

    /// <summary>By rank: 1 − C(|k−l|+1, 2) / C(q, 2).</summary>
    public static double[,] Ordinal(int values) => Of(values, distance => 1 - (distance + 1) * distance / (values * (values - 1.0)));

    /// <summary>1 − (k−l)² / (q−1)².</summary>
    public static double[,] Quadratic(int values) => Of(values, distance => 1 - distance * distance / ((values - 1.0) * (values - 1)));

    private static double[,] Of(int values, Func<int, double> weight)
    {
        var weights = new double[values, values];
        for (var k = 0; k < values; k++)
            for (var l = 0; l < values; l++) weights[k, l] = weight(Math.Abs(k - l));
        return weights;
    }
}
