import { h } from "../shared/dom.js";
import { count, judgeName, percent, plural } from "../shared/format.js";

/** Every win rate with its judge, n and interval. */
export function verdictCards(run) {
  if (!run.verdicts?.length) return null;
  return h("section", { class: "card" }, h("h2", {}, "Judged on test prompts"), h("div", { class: "verdicts" }, run.verdicts.map(verdict)));
}

function verdict(v) {
  const known = v.winRate !== null && v.winRate !== undefined;
  return h("div", { class: "verdict" },
    h("p", {}, h("strong", {}, v.contender), " against ", h("strong", {}, v.baseline)),
    known ? h("p", { class: "win-rate" }, percent(v.winRate), h("small", {}, ` 95% interval ${percent(v.low)} to ${percent(v.high)}`)) : h("p", { class: "win-rate none" }, v.note ?? "no win rate"),
    known && interval(v),
    h("p", { class: "muted small numbers" }, `${plural(v.prompts, "prompt")}: ${count(v.wins)} won, ${count(v.ties)} tied, ${count(v.losses)} lost. Judge: ${judgeName(v.judge)}.`),
    known && v.note && h("p", { class: "muted small" }, v.note));
}

function interval(v) {
  const track = h("div", { class: "interval", "aria-hidden": "true" }, h("span", { class: "range" }), h("span", { class: "dot" }), h("span", { class: "half" }));
  const [range, dot] = track.children;
  range.style.left = percent(v.low, 1);
  range.style.width = percent(v.high - v.low, 1);
  dot.style.left = percent(v.winRate, 1);
  return track;
}

export function figuresCard({ run, fineTuning }) {
  const results = run.results ?? {}, snapshot = run.snapshot;
  const figures = [
    snapshot && ["Train pairs", count(snapshot.trainPairs), `${count(snapshot.validationPairs)} validation, ${count(snapshot.testPairs)} test`],
    accuracy("Reward model against the rule", run.ruleAccuracy),
    accuracy("Reward model against the labels", run.labelAccuracy),
    !run.labelAccuracy && results.rewardAccuracyTest !== undefined && ["Reward accuracy, test", percent(results.rewardAccuracyTest), plural(results.testPairs, "pair")],
    results.klMean !== undefined && ["KL to the base", `${results.klMean.toFixed(1)} nats`, "a sequence, test prompts"],
    fineTuning && ["Tokens to train", count(fineTuning.trainedTokens ?? fineTuning.estimatedTokens), fineTuning.trainedTokens ? `charged; ${count(fineTuning.estimatedTokens)} estimated before` : "estimated"],
    fineTuning?.deployment && ["Tuned deployment", fineTuning.deployment, fineTuning.tunedModel],
    fineTuning && run.results && ["Reward accuracy and KL", "none", fineTuning.note],
    results.seconds > 0 && ["Training time", `${Math.round(results.seconds)} s`],
  ].filter(Boolean);
  return figures.length > 0 && h("section", { class: "card" }, h("h2", {}, "Figures"), h("dl", { class: "figures" },
    figures.map(([label, value, note]) => h("div", {}, h("dt", {}, label), h("dd", {}, value, note && h("small", {}, note))))));
}

function accuracy(label, figure) {
  return figure && [label, percent(figure.share), `${percent(figure.low)} to ${percent(figure.high)}, ${count(figure.count)} comparisons`];
}

export function examplesCard(examples) {
  if (!examples?.length) return null;
  return h("section", { class: "card" }, h("h2", {}, "Before and after, on test prompts"), examples.map(example => h("article", { class: "example" },
    h("p", { class: "text prompt", dir: "auto" }, example.prompt),
    h("div", { class: "sides" },
      h("div", {}, h("h3", {}, "Base"), h("p", { class: "text", dir: "auto" }, example.before)),
      h("div", {}, h("h3", {}, "Tuned"), h("p", { class: "text", dir: "auto" }, example.after))))));
}
