using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rlhf.Telemetry;

namespace Rlhf.Local.Tests.Telemetry;

/// <summary>Keeps what this process says of itself, as an exporter gets it. Other tests run beside: look for your own campaign or trace.</summary>
internal sealed class Recorder : IDisposable
{
    private readonly SpanList spans = [];
    private readonly List<MetricSnapshot> metrics = [];
    private readonly TracerProvider tracer;
    private readonly MeterProvider meter;

    public Recorder()
    {
        tracer = Sdk.CreateTracerProviderBuilder().AddRlhfTraces().AddInMemoryExporter(spans).Build();
        meter = Sdk.CreateMeterProviderBuilder().AddRlhfMetrics().AddInMemoryExporter(metrics).Build();
    }

    public IReadOnlyList<Activity> Spans => spans.Copy();

    public IReadOnlyList<Activity> Named(string name) => [.. Spans.Where(s => s.DisplayName == name)];

    /// <summary>The newest points of an instrument whose tags hold <paramref name="value"/>.</summary>
    public IReadOnlyList<MetricPoint> Points(string instrument, string value)
    {
        metrics.Clear();
        meter.ForceFlush();
        var points = new List<MetricPoint>();
        foreach (var point in metrics.Where(m => m.Name == instrument).SelectMany(m => m.MetricPoints))
            if (TagsOf(point).Values.Contains(value)) points.Add(point);
        return points;
    }

    public static IReadOnlyDictionary<string, string> TagsOf(MetricPoint point)
    {
        var tags = new Dictionary<string, string>();
        foreach (var (name, value) in point.Tags) tags[name] = $"{value}";
        return tags;
    }

    public void Dispose()
    {
        tracer.Dispose();
        meter.Dispose();
    }

    /// <summary>The exporter adds on whichever thread ends a span.</summary>
    private sealed class SpanList : ICollection<Activity>
    {
        private readonly List<Activity> list = [];

        public int Count => list.Count;

        public bool IsReadOnly => false;

        public Activity[] Copy()
        {
            lock (list) return [.. list];
        }

        public void Add(Activity item)
        {
            lock (list) list.Add(item);
        }

        public void Clear() => throw new NotSupportedException();

        public bool Contains(Activity item) => throw new NotSupportedException();

        public void CopyTo(Activity[] array, int arrayIndex) => throw new NotSupportedException();

        public bool Remove(Activity item) => throw new NotSupportedException();

        public IEnumerator<Activity> GetEnumerator() => ((IEnumerable<Activity>)Copy()).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
