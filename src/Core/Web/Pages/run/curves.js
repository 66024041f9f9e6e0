import { h } from "../shared/dom.js";
import { lineChart } from "../shared/chart.js";

const StageNames = { sft: "Supervised fine-tuning", reward: "Reward model", ppo: "PPO", dpo: "DPO" };

/** One chart for each metric of each stage; values whose names differ only in the split share a chart. A single value is a figure, not a curve. */
export function curves(points) {
  return Object.entries(Object.groupBy(points, point => point.stage)).map(([stage, ofStage]) => h("section", { class: "card" },
    h("h2", {}, StageNames[stage] ?? stage), h("div", { class: "charts" }, Object.entries(chartsOf(ofStage)).map(([name, series]) => chartFigure(name, series)))));
}

function chartFigure(name, series) {
  return h("figure", {}, h("figcaption", {}, name, series.length > 1 && h("span", { class: "legend" }, series.map((line, index) => h("span", { class: `key key-${index}` }, line.name)))),
    lineChart(name, series));
}

function chartsOf(points) {
  const charts = {};
  for (const name of new Set(points.flatMap(point => Object.keys(point.values)))) {
    const [, base, split] = name.match(/^(.*?)(Train|Validation|Test)?$/);
    const line = { name: split?.toLowerCase() ?? "training", points: points.filter(point => Number.isFinite(point.values[name])).map(point => [point.step, point.values[name]]) };
    if (line.points.length > 0) (charts[words(base)] ??= []).push(line);
  }
  return Object.fromEntries(Object.entries(charts).filter(([, series]) => series.some(line => line.points.length > 1)));
}

/** klCoefficient → KL coefficient */
function words(name) {
  const text = name.replace(/([A-Z])/g, " $1").toLowerCase().replace(/\bkl\b/g, "KL");
  return text[0].toUpperCase() + text.slice(1);
}
