using Rlhf.Campaigns;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Preferences.Imports;

/// <summary>Says what a file of labels would bring, before it is taken in.</summary>
public sealed class ImportChecker(ImportRecognition recognition)
{
    private const int ErrorsSaid = 20;

    /// <param name="content">Read once, to its end; nothing is kept.</param>
    /// <param name="split">For lines that don't say theirs.</param>
    /// <exception cref="RlhfException"><c>no-labels</c>, or the file as a whole is unreadable.</exception>
    public async Task<ImportCheck> CheckAsync(SplitSettings split, Stream content, ImportOptions options, CancellationToken cancellation = default)
    {
        // Twice, and a request's body can be read once.
        await using var copy = Scratch.NewFile();
        await content.CopyToAsync(copy, cancellation);
        copy.Position = 0;
        var file = await recognition.GetAsync(copy, options, cancellation);
        copy.Position = 0;
        return await CountAsync(file, copy, split, cancellation);
    }

    private static async Task<ImportCheck> CountAsync(ImportFile file, Stream content, SplitSettings settings, CancellationToken cancellation)
    {
        var errors = new ErrorList();
        var counts = ImportCounts.Empty;
        var kindNeeded = 0;
        await foreach (var line in file.ReadAsync(content, mustSayKind: false, cancellation))
        {
            if (line.Error is { } error) errors.Add(error);
            if (line.Comparison is not { } comparison) continue;
            var split = comparison.Split ?? PromptHash.SplitOf(comparison.Group ?? PromptHash.IdOf(comparison.Messages).Value, settings);
            kindNeeded += comparison.Rankings.Count(r => r.Kind is null);
            counts += new ImportCounts(0, 1, comparison.Rankings.Count == 0 ? 1 : 0,
                comparison.Rankings.Where(r => r.Kind is not null).CountBy(r => r.Kind!.Value).ToDictionary(), new Dictionary<Split, int> { [split] = 1 });
        }
        return new(file.Format.Info.Name, file.Format.Info.Title, counts.Comparisons, errors.Count, kindNeeded, counts.Rankings, counts.Splits, file.Format.Info.Loses, file.Notes, [.. errors.Named.Take(ErrorsSaid)]);
    }
}
