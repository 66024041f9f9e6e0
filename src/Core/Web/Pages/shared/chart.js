import { svg } from "./dom.js";

const Width = 420, Height = 190, Left = 46, Right = 10, Top = 10, Bottom = 26;

/** A line chart. @param series [{name, points: [[x, y], …]}] with x in order. @returns an SVG element that scales with its box. */
export function lineChart(title, series) {
  const drawn = series.filter(line => line.points.length > 0);
  const all = drawn.flatMap(line => line.points);
  const [x0, x1] = rangeOf(all.map(point => point[0]));
  const ticks = niceTicks(...rangeOf(all.map(point => point[1])));
  const [y0, y1] = [ticks[0], ticks.at(-1)];
  const toX = x => Left + (x - x0) / (x1 - x0) * (Width - Left - Right);
  const toY = y => Height - Bottom - (y - y0) / (y1 - y0) * (Height - Top - Bottom);
  return svg("svg", { class: "chart", viewBox: `0 0 ${Width} ${Height}`, role: "img", "aria-label": describe(title, drawn) },
    ticks.map(tick => svg("line", { class: "grid", x1: Left, x2: Width - Right, y1: toY(tick), y2: toY(tick) })),
    ticks.map(tick => svg("text", { class: "tick", x: Left - 6, y: toY(tick) + 4, "text-anchor": "end" }, short(tick))),
    svg("text", { class: "tick", x: Left, y: Height - 8 }, short(x0)),
    svg("text", { class: "tick", x: Width - Right, y: Height - 8, "text-anchor": "end" }, `step ${short(x1)}`),
    drawn.map((line, index) => line.points.length === 1
      ? svg("circle", { class: `line line-${index}`, cx: toX(line.points[0][0]), cy: toY(line.points[0][1]), r: 3 })
      : svg("polyline", { class: `line line-${index}`, points: thin(line.points).map(([x, y]) => `${round(toX(x))},${round(toY(y))}`).join(" ") })));
}

/** Two to six round numbers that span low..high. */
export function niceTicks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough);
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function rangeOf(values) {
  const low = Math.min(...values), high = Math.max(...values);
  const room = Math.abs(low) / 2 || 0.5;
  return low < high ? [low, high] : [low - room, low + room];
}

/** At most a point a pixel. */
function thin(points) {
  const every = Math.ceil(points.length / Width);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

function describe(title, series) {
  return `${title}: ${series.map(line => `${line.name} from ${short(line.points[0][1])} to ${short(line.points.at(-1)[1])}`).join(", ")}`;
}

function short(number) {
  return Math.abs(number) >= 10_000 || (number !== 0 && Math.abs(number) < 0.001) ? number.toExponential(0) : String(Number(number.toPrecision(3)));
}

function round(number) {
  return Math.round(number * 10) / 10;
}
