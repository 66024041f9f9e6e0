import { h } from "../shared/dom.js";
import { count, duration, interval, kindName, percent, plural } from "../shared/format.js";

const Concerns = {
  goldErrors: ["errs on gold", "gold"], inconsistent: ["differs when asked again", "selfAgreement"], disagrees: ["agrees less than the others", "agreement"],
  sideBias: ["prefers a side", "left"], lengthBias: ["judges by length", "longer"], tooFast: ["too fast", "tooFast"],
};

/** Each annotator's figures, with what is worth a look, and what the owner can do about it. What nobody has a figure of (no gold yet, no repeats) has no column. */
export function annotatorTable(annotators, act) {
  const columns = Columns.filter(({ key }) => !key || annotators.some(({ figures }) => figures[key]));
  return h("div", { class: "scroll" }, h("table", { class: "stacks annotators" },
    h("thead", {}, h("tr", {}, ["Annotator", ...columns.map(column => column.label), ""].map(head => h("th", { scope: "col" }, head)))),
    h("tbody", {}, annotators.map(annotator => row(annotator, columns, act)))));
}

const Columns = [
  { label: "Rankings", write: figures => [count(figures.rankings), counts(figures)] },
  { label: "With others", key: "agreement", others: "othersAgreement" },
  { label: "On gold", key: "gold" },
  { label: "With self", key: "selfAgreement" },
  { label: "Time each", key: "medianTime", write: figures => [duration(figures.medianTime), figures.medianTime && `${duration(figures.activeTime)} in all`] },
  { label: "Left", key: "left" },
  { label: "Longer", key: "longer", others: "othersLonger" },
  { label: "Too fast", key: "tooFast" },
];

function row({ figures, name, pausedAt, isExcluded, failedPractice }, columns, act) {
  const concerned = new Set(figures.concerns.map(concern => Concerns[concern][1]));
  return h("tr", {},
    h("th", { scope: "row", class: "who" }, h("span", { class: "name" }, name ?? figures.annotator), h("span", { class: "muted small" }, kindName(figures.kind)),
      pausedAt && h("span", { class: "badge paused" }, "paused"), isExcluded && h("span", { class: "badge revoked" }, "left out"),
      failedPractice && h("span", { class: "badge concern" }, `failed practice, ${failedPractice.right} of ${failedPractice.items} right`),
      figures.concerns.map(concern => h("span", { class: "badge concern" }, Concerns[concern][0]))),
    ...columns.map(column => cell(column.label, (column.write ?? share(column))(figures), concerned.has(column.key))),
    h("td", { class: "end" },
      failedPractice && h("button", { type: "button", class: "quiet", title: "Gives tasks without more practice", onclick: () => act(figures.annotator, "pass") }, "Let pass"),
      h("button", { type: "button", class: "quiet", onclick: () => act(figures.annotator, pausedAt ? "resume" : "pause") }, pausedAt ? "Resume" : "Pause"),
      h("button", { type: "button", class: "quiet", onclick: () => act(figures.annotator, isExcluded ? "include" : "exclude") }, isExcluded ? "Take in" : "Leave out")));
}

function share({ key, others }) {
  return figures => {
    const estimate = figures[key], among = figures[others];
    if (!estimate) return ["–"];
    return [percent(estimate.value), interval(estimate, percent), among !== undefined && among !== null && `others ${percent(among)}`];
  };
}

function cell(label, [value, ...notes], isConcern) {
  return h("td", { class: `numbers${isConcern ? " concern" : ""}`, "data-label": label }, value, notes.filter(Boolean).map(note => h("small", {}, note)));
}

function counts(figures) {
  return [figures.ties > 0 && plural(figures.ties, "tie"), figures.bothBad > 0 && `${count(figures.bothBad)} both bad`, figures.skips > 0 && plural(figures.skips, "skip"),
    figures.extra > 0 && `${count(figures.extra)} extra`].filter(Boolean).join(", ");
}
