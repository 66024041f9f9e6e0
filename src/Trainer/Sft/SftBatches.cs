using Rlhf.Generation.Onnx;

namespace Rlhf.Trainer.Sft;

/// <summary>The batches of an epoch: drawn at random, then gathered by length within a window, so that little of a batch is padding.</summary>
public static class SftBatches
{
    private const int WindowInBatches = 16;

    /// <returns>Indices of examples; every example once. Depends on nothing but the arguments.</returns>
    public static IReadOnlyList<int[]> Of(IReadOnlyList<SftExample> examples, int batchSize, long seed, int epoch)
    {
        var random = new SeededRandom(SeededRandom.Combine(seed, epoch));
        var order = Enumerable.Range(0, examples.Count).ToArray();
        random.Shuffle<int>(order);
        var batches = order.Chunk(batchSize * WindowInBatches)
            .SelectMany(window => window.OrderBy(i => examples[i].Tokens.Length).ThenBy(i => i).Chunk(batchSize)).ToArray();
        random.Shuffle<int[]>(batches);
        return batches;
    }
}
