using Microsoft.ML.Tokenizers;
using Rlhf.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>A run's frozen pairs in the provider's preference format, one file a split; test pairs go nowhere.</summary>
/// <remarks>Format: https://learn.microsoft.com/azure/foundry/openai/how-to/fine-tuning-direct-preference-optimization. It has no weights and no soft labels:
/// each pair counts once, whatever its comparison's K; its majority is the label, and a pair whose votes are even goes nowhere.</remarks>
public sealed class PreferenceFileWriter(IBlobStore blobs)
{
    /// <summary>The provider starts no job on fewer.</summary>
    public const int MinimumPairs = 10;

    /// <summary>The provider takes no larger file.</summary>
    public const long MaximumBytes = 512L << 20;

    /// <summary>What the chat format adds to a message.</summary>
    private const int TokensPerMessage = 4;

    /// <summary>Of the models that can be tuned so (gpt-4o, gpt-4.1).</summary>
    private static readonly Lazy<TiktokenTokenizer> tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>Writes both files; the same snapshot gives the same bytes.</summary>
    /// <returns>Validation is null where there are no such pairs.</returns>
    /// <exception cref="RlhfException"><c>too-few-pairs</c>, <c>fine-tuning-file-too-large</c> or <c>split-leak</c>.</exception>
    public async Task<(PreferenceFile Train, PreferenceFile? Validation)> WriteAsync(RunId run, CancellationToken cancellation = default)
    {
        var train = await WriteAsync(run, Split.Train, cancellation);
        if (train.Pairs < MinimumPairs)
            throw new RlhfException("too-few-pairs", $"The run '{run}' has {train.Pairs} train pairs that prefer one answer; fine-tuning needs {MinimumPairs}, and hundreds to change much.",
                $"Rank {MinimumPairs - train.Pairs} more, then train again.", 409);
        var validation = await WriteAsync(run, Split.Validation, cancellation);
        return (train, validation.Pairs > 0 ? validation : null);
    }

    private async Task<PreferenceFile> WriteAsync(RunId run, Split split, CancellationToken cancellation)
    {
        var name = split.ToString().ToLowerInvariant();
        var path = $"{RunPaths.Root(run)}/fine-tuning/{name}.jsonl";
        var count = new Count();
        var hash = await JsonLines.WriteAsync(blobs, path, LinesOf(run, split, count, cancellation), cancellation);
        var bytes = (await blobs.FindAsync(path, cancellation))?.Length ?? 0;
        if (bytes >= MaximumBytes)
            throw new RlhfException("fine-tuning-file-too-large", $"The {name} pairs of '{run}' are {bytes >> 20} MB; the provider takes less than {MaximumBytes >> 20}.",
                "Leave annotators or batches out, or split the prompts over campaigns.", 409);
        return new(path, $"{run}-{name}-{hash[..12]}.jsonl", count.Pairs, bytes, count.Tokens) { Even = count.Even };
    }

    private async IAsyncEnumerable<OpenAILine> LinesOf(
        RunId run, Split split, Count count, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var guard = new SplitGuard();
        await foreach (var pair in JsonLines.ReadAsync<PreferencePair>(blobs, RunPaths.Pairs(run), cancellation))
        {
            guard.Check(pair.Prompt, pair.Split);
            if (pair.Split != split) continue;
            if (EvenPairs.IsEven(pair))
            {
                count.Even++;
                continue;
            }
            count.Add(pair);
            yield return OpenAILine.Of(pair);
        }
    }

    private sealed class Count
    {
        public int Pairs { get; private set; }

        public int Even { get; set; }

        public long Tokens { get; private set; }

        public void Add(PreferencePair pair)
        {
            Pairs++;
            foreach (var text in pair.Messages.Select(m => m.Content).Append(pair.Chosen).Append(pair.Rejected))
                Tokens += tokenizer.Value.CountTokens(text) + TokensPerMessage;
        }
    }
}
