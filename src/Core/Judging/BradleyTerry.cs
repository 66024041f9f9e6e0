namespace Rlhf.Judging;

/// <summary>Strengths of competitors from paired comparisons with ties: Davidson 1970, "On Extending the Bradley–Terry Model to Accommodate Ties in Paired Comparison Experiments".</summary>
/// <remarks>
/// <para>With π = e^θ: P(i beats j) = π_i / (π_i + π_j + ν √(π_i π_j)), P(tie) = ν √(π_i π_j) / (the same). The likelihood is concave in θ and log ν, and Newton's method finds its maximum.</para>
/// <para>A normal prior of standard deviation 3 on each θ and on log ν keeps them finite where somebody won everything or nothing tied; with some dozens of comparisons it changes nothing that can be seen.</para>
/// </remarks>
public static class BradleyTerry
{
    private const double PriorDeviation = 3;
    private const int Steps = 50;
    private const double Close = 1e-9;

    /// <summary>θ of each competitor, around a mean of 0, and ν.</summary>
    public sealed record Fit(IReadOnlyList<double> Strengths, double Nu)
    {
        /// <summary>The share of comparisons that <paramref name="i"/> wins against <paramref name="j"/>, a tie is ½.</summary>
        public double WinShare(int i, int j)
        {
            var (win, tie, _) = Probabilities(Strengths[i] - Strengths[j], Nu);
            return win + tie / 2;
        }
    }

    /// <param name="wins">(n, n): how often i was preferred to j.</param>
    /// <param name="ties">(n, n), symmetric: how often neither was.</param>
    public static Fit Of(double[,] wins, double[,] ties)
    {
        var n = wins.GetLength(0);
        // θ_0..θ_n−1, then log ν.
        var parameters = new double[n + 1];
        for (var step = 0; step < Steps; step++)
        {
            var (gradient, information) = Derivatives(parameters, wins, ties);
            var move = Solve(information, gradient);
            // A full step may leave the region where the quadratic is a good likeness.
            var scale = Math.Min(1, 2 / move.Max(Math.Abs));
            for (var k = 0; k <= n; k++) parameters[k] += scale * move[k];
            if (move.Max(Math.Abs) < Close) break;
        }
        var mean = parameters.Take(n).Average();
        return new([.. parameters.Take(n).Select(p => p - mean)], Math.Exp(parameters[n]));
    }

    /// <param name="difference">θ_i − θ_j.</param>
    private static (double Win, double Tie, double Loss) Probabilities(double difference, double nu)
    {
        var (better, worse) = (Math.Exp(difference / 2), Math.Exp(-difference / 2));
        var sum = better + worse + nu;
        return (better / sum, nu / sum, worse / sum);
    }

    /// <summary>Gradient (n+1) and negative Hessian (n+1, n+1) of the log posterior.</summary>
    private static (double[] Gradient, double[,] Information) Derivatives(double[] parameters, double[,] wins, double[,] ties)
    {
        var n = wins.GetLength(0);
        var prior = 1 / (PriorDeviation * PriorDeviation);
        var gradient = parameters.Select(p => -prior * p).ToArray();
        var information = new double[n + 1, n + 1];
        for (var k = 0; k <= n; k++) information[k, k] = prior;
        for (var i = 0; i < n; i++)
        {
            for (var j = i + 1; j < n; j++)
            {
                var count = wins[i, j] + wins[j, i] + ties[i, j];
                if (count == 0) continue;
                var (win, tie, loss) = Probabilities(parameters[i] - parameters[j], Math.Exp(parameters[n]));
                // The score of (θ_i − θ_j) is ½(win − loss), of log ν it is the tie.
                var slope = (wins[i, j] - wins[j, i] - count * (win - loss)) / 2;
                gradient[i] += slope;
                gradient[j] -= slope;
                gradient[n] += ties[i, j] - count * tie;
                AddVariance(information, i, j, n, count, (win, tie, loss));
            }
        }
        return (gradient, information);
    }

    private static void AddVariance(double[,] information, int i, int j, int n, double count, (double Win, double Tie, double Loss) p)
    {
        var difference = count * (p.Win + p.Loss - (p.Win - p.Loss) * (p.Win - p.Loss)) / 4;
        var tie = count * p.Tie * (1 - p.Tie);
        var both = -count * p.Tie * (p.Win - p.Loss) / 2;
        information[i, i] += difference;
        information[j, j] += difference;
        information[i, j] -= difference;
        information[j, i] -= difference;
        information[n, n] += tie;
        information[i, n] += both;
        information[n, i] += both;
        information[j, n] -= both;
        information[n, j] -= both;
    }

    /// <summary>x of A x = b, by Gaussian elimination; A is symmetric and positive definite.</summary>
    private static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        for (var k = 0; k < n; k++)
        {
            for (var row = k + 1; row < n; row++)
            {
                var factor = a[row, k] / a[k, k];
                for (var column = k; column < n; column++) a[row, column] -= factor * a[k, column];
                b[row] -= factor * b[k];
            }
        }
        for (var k = n - 1; k >= 0; k--)
        {
            for (var column = k + 1; column < n; column++) b[k] -= a[k, column] * b[column];
            b[k] /= a[k, k];
        }
        return b;
    }
}
