using Rlhf.Campaigns;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;
using Rlhf.Preferences.Formats;

namespace Rlhf.LabelStudio.Files;

/// <summary>Label Studio's JSON_MIN: one record an annotation, the task's data and a member for each tag.</summary>
/// <remarks>As its own converter writes it: https://github.com/HumanSignal/label-studio-sdk/blob/develop/src/label_studio_sdk/converter/converter.py (convert_to_json_min, prettify_result).</remarks>
public sealed class StudioMinFormat : IExportFormat
{
    public FormatInfo Info { get; } = new("label-studio-min", "Label Studio JSON_MIN, one record an annotation", "application/json", ".json", StudioLosses.Always) { HoldsRankings = true };

    public IReadOnlyList<string> LosesOf(Campaign campaign) => StudioLosses.Of(campaign);

    public IEnumerable<ExportRow> RowsOf(Campaign campaign, RankedComparison ranked) => ExportRow.OfEachRanking(ranked);

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        var writer = new AnnotationWriter(LabelTemplates.Of(source.Campaign.Settings));
        var records = new JsonLineWriter(output, isArray: true);
        var annotators = new Dictionary<AnnotatorId, int>();
        var (task, annotation) = (0, 0);
        await foreach (var ranked in source.RankedAsync(cancellation))
        {
            task++;
            foreach (var ranking in ranked.Rankings)
            {
                var record = writer.Data(source.Campaign.Id, ranked.Comparison);
                record["id"] = task;
                foreach (var item in writer.Items(ranked.Comparison, ranking)) record[item.From] = MinValues.Pretty(item.Type, item.Value);
                if (!annotators.TryGetValue(ranking.Annotator, out var number)) annotators[ranking.Annotator] = number = annotators.Count + 1;
                record["annotator"] = number;
                record["annotation_id"] = ++annotation;
                record["created_at"] = AnnotationWriter.Time(ranking.SubmittedAt);
                record["updated_at"] = AnnotationWriter.Time(ranking.SubmittedAt);
                record["lead_time"] = ranking.ActiveTime?.TotalSeconds;
                foreach (var (name, value) in (writer.Meta(ranked.Comparison, ranking) with { Annotation = annotation }).ToJson()) record[TaskFields.Meta]![name] = value?.DeepClone();
                await records.WriteAsync(record, cancellation);
            }
        }
        await records.EndAsync(cancellation);
    }
}
