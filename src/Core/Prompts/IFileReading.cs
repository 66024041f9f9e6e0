using Rlhf.Campaigns;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts.Reading;

namespace Rlhf.Prompts;

/// <summary>What the lines of one file are, and what becomes of them, a page at a time.</summary>
internal interface IFileReading<TLine>
{
    /// <summary>Good lines and bad ones in their order; the same whenever the file is read again.</summary>
    IAsyncEnumerable<(TLine? Good, LineError? Error)> ReadAsync(Stream content, CancellationToken cancellation);

    /// <summary>Keeps a page of good lines; may be repeated.</summary>
    Task<PageResult> StoreAsync(Campaign campaign, int page, IReadOnlyList<TLine> lines, CancellationToken cancellation);

    /// <summary>Whether what it brings is work for the campaign's orchestration.</summary>
    bool IsWork(IngestState state);

    /// <summary>What there is to say of the whole file beside its counts.</summary>
    ImportSummary? Summarize(Campaign campaign, IngestState state);
}

/// <summary>A file of prompts.</summary>
/// <param name="key">Of this version of the file.</param>
internal sealed class PromptReading(PromptStore prompts, string name, string key) : IFileReading<PromptLine>
{
    public IAsyncEnumerable<(PromptLine? Good, LineError? Error)> ReadAsync(Stream content, CancellationToken cancellation) =>
        PromptFileReader.ReadAsync(content, name, cancellation).Select(line => (line.Draft is null ? null : line, line.Error));

    public Task<PageResult> StoreAsync(Campaign campaign, int page, IReadOnlyList<PromptLine> lines, CancellationToken cancellation) =>
        prompts.AddAsync(campaign.Id, campaign.Settings.Split, lines, $"{key}-{page}", cancellation);

    public bool IsWork(IngestState state) => state.Accepted + state.Duplicates > 0;

    public ImportSummary? Summarize(Campaign campaign, IngestState state) => null;
}
