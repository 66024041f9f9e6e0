using Rlhf.Trainer.Gpt2;

namespace Rlhf.Trainer.Tests.Gpt2;

/// <summary>GPT-2 from its description, one number at a time, in double precision.</summary>
internal static class Gpt2Loops
{
    public static double[][] Logits(Gpt2Model model, int[] tokens)
    {
        var weights = model.named_parameters().ToDictionary(p => p.name, p => Torch.Values(p.parameter).Select(v => (double)v).ToArray());
        var settings = model.Settings;
        var (embedding, positions) = (weights["tokenEmbedding.weight"], weights["positionEmbedding.weight"]);
        var state = tokens.Select((token, t) => Enumerable.Range(0, settings.Width)
            .Select(w => embedding[token * settings.Width + w] + positions[t * settings.Width + w]).ToArray()).ToArray();
        for (var block = 0; block < settings.LayerCount; block++) state = Block(settings, weights, $"blocks.{block}.", state);
        var last = state.Select(x => Norm(x, weights, "finalNorm")).ToArray();
        return [.. last.Select(x => Linear(x, embedding, new double[settings.VocabularySize]))];
    }

    private static double[][] Block(Gpt2Settings settings, Dictionary<string, double[]> weights, string prefix, double[][] state)
    {
        var projected = state.Select(x => Linear(Norm(x, weights, prefix + "attentionNorm"), weights, prefix + "queryKeyValue")).ToArray();
        var attended = Enumerable.Range(0, state.Length).Select(t => Attend(settings, projected, t)).ToArray();
        var after = state.Zip(attended, (x, a) => Add(x, Linear(a, weights, prefix + "attentionOutput"))).ToArray();
        return [.. after.Select(x =>
        {
            var inner = Linear(Norm(x, weights, prefix + "feedForwardNorm"), weights, prefix + "expand").Select(Gelu).ToArray();
            return Add(x, Linear(inner, weights, prefix + "contract"));
        })];
    }

    private static double[] Attend(Gpt2Settings settings, double[][] projected, int t)
    {
        var result = new double[settings.Width];
        for (var head = 0; head < settings.HeadCount; head++)
        {
            var first = head * settings.HeadWidth;
            var scores = Enumerable.Range(0, t + 1).Select(s => Math.Exp(Enumerable.Range(first, settings.HeadWidth)
                .Sum(i => projected[t][i] * projected[s][settings.Width + i]) / Math.Sqrt(settings.HeadWidth))).ToArray();
            for (var i = first; i < first + settings.HeadWidth; i++)
                result[i] = scores.Select((score, s) => score / scores.Sum() * projected[s][2 * settings.Width + i]).Sum();
        }

        return result;
    }

    private static double[] Norm(double[] x, Dictionary<string, double[]> weights, string name)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-5);
        return [.. x.Select((v, i) => (v - mean) / deviation * weights[name + ".weight"][i] + weights[name + ".bias"][i])];
    }

    private static double[] Linear(double[] x, Dictionary<string, double[]> weights, string name) =>
        Linear(x, weights[name + ".weight"], weights[name + ".bias"]);

    private static double[] Linear(double[] x, double[] weight, double[] bias) =>
        [.. bias.Select((b, row) => b + x.Select((v, i) => v * weight[row * x.Length + i]).Sum())];

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
