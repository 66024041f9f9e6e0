using System.Globalization;
using System.Text;

namespace Rlhf.Training.Reporting;

/// <summary>One or more series over steps as an inline SVG: no script, no font, nothing fetched.</summary>
internal static class Curve
{
    private const int Width = 460;
    private const int Height = 190;
    private const int Left = 52;
    private const int Bottom = 26;
    private const int Top = 10;

    private static readonly string[] colors = ["#2563eb", "#d97706", "#059669", "#dc2626"];

    /// <param name="series">Name and points (step, value), in step order; a single value is a figure, not a curve, and left out.</param>
    public static string Draw(string title, IReadOnlyList<(string Name, IReadOnlyList<(int Step, double Value)> Points)> series)
    {
        var shown = series.Where(s => s.Points.Count > 1).ToList();
        if (shown.Count == 0) return "";
        var values = shown.SelectMany(s => s.Points).ToList();
        var (low, high) = Widen(values.Min(p => p.Value), values.Max(p => p.Value));
        var (first, last) = (values.Min(p => p.Step), Math.Max(values.Max(p => p.Step), values.Min(p => p.Step) + 1));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Html.Text(title)}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Text(title)}\">");
        DrawAxes(svg, low, high, first, last);
        for (var i = 0; i < shown.Count; i++) DrawLine(svg, shown[i].Points, colors[i % colors.Length], p => X(p.Step, first, last), p => Y(p.Value, low, high));
        svg.Append("</svg>");
        if (shown.Count > 1) DrawLegend(svg, shown.Select(s => s.Name));
        return svg.Append("</figure>").ToString();
    }

    private static void DrawAxes(StringBuilder svg, double low, double high, int first, int last)
    {
        for (var i = 0; i <= 2; i++)
        {
            var value = low + ((high - low) * i / 2);
            var y = Y(value, low, high);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - 6}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{value:G3}</text>");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Height - 6}\">step {first}</text><text x=\"{Width - 6}\" y=\"{Height - 6}\" text-anchor=\"end\">{last}</text>");
    }

    private static void DrawLine(
        StringBuilder svg, IReadOnlyList<(int Step, double Value)> points, string color, Func<(int Step, double Value), double> x, Func<(int Step, double Value), double> y)
    {
        var path = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{x(p):0.#},{y(p):0.#}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.8\"/>");
    }

    private static void DrawLegend(StringBuilder svg, IEnumerable<string> names)
    {
        svg.Append("<p class=\"legend\">");
        foreach (var (index, name) in names.Index())
            svg.Append(CultureInfo.InvariantCulture, $"<span style=\"color:{colors[index % colors.Length]}\">&#9632;</span> {Html.Text(name)} ");
        svg.Append("</p>");
    }

    private static (double Low, double High) Widen(double low, double high) => high - low > 1e-9 ? (low, high) : (low - 0.5, high + 0.5);

    private static double X(int step, int first, int last) => Left + ((Width - 6.0 - Left) * (step - first) / (last - first));

    private static double Y(double value, double low, double high) => Top + ((Height - Bottom - Top) * (1 - ((value - low) / (high - low))));
}
