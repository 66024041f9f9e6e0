import { h, setBar } from "../shared/dom.js";
import { count, percent, plural, rankingsByKind } from "../shared/format.js";

/** How far the labeling is. */
export function progressCard({ details: { campaign, progress, canSimulate }, runs }, actions) {
  const bar = h("div", { class: "bar", role: "progressbar", "aria-label": "Comparisons done", "aria-valuemin": 0, "aria-valuemax": 100 }, h("span"));
  setBar(bar, progress.comparisons === 0 ? 0 : (progress.complete + sum(progress.closed)) / progress.comparisons);
  return [
    h("div", { class: "card-head" }, h("h2", {}, `Labeling, round ${campaign.round}`), h("span", { class: "muted numbers" }, `${count(progress.complete)} of ${plural(progress.comparisons, "comparison")} done`)),
    bar,
    progress.exhausted > 0 && exhausted(campaign, progress, actions),
    progress.lost > 0 && lost(progress),
    h("dl", { class: "figures" },
      figure("Rankings", count(sum(progress.rankings)), rankingsNote(progress)),
      figure("Agreement", percent(progress.agreement), progress.agreement === null || progress.agreement === undefined ? "needs two annotators a comparison" : `alpha ${progress.alpha?.toFixed(2) ?? "–"}`),
      figure("Pairs", count(progress.pairs), `${count(progress.trainPairs)} for training`),
      figure("Ties", count(progress.ties)), figure("Both bad", count(progress.bothBad)), figure("Skips", count(progress.skips))),
    reasons("Closed without all rankings", progress.closed),
    runs.length === 0 && campaign.policy && campaign.state !== "cancelled" && (progress.open > 0 || progress.trainPairs < campaign.minimumPairs) && firstRun(campaign, progress),
    canSimulate && campaign.state !== "cancelled" && progress.open > 0 && h("div", {}, h("button", { type: "button", onclick: actions.simulate }, "Finish with simulated annotators")),
  ];
}

/** What all of it is for. */
function firstRun({ minimumPairs }, { trainPairs }) {
  return h("p", { class: "muted" }, trainPairs >= minimumPairs ? `${plural(trainPairs, "train pair")}: enough for a first training, under ` : `A first training needs ${plural(minimumPairs, "train pair")}; it is started under `,
    h("a", { href: "#runs" }, "Runs"), ".");
}

/** Nobody is left for what is open: invite, ask fewer, or take it as it is. */
function exhausted(campaign, progress, actions) {
  const waits = `${plural(progress.exhausted, "comparison")} ${progress.exhausted === 1 ? "waits" : "wait"}`;
  return h("div", { class: "notice", role: "status" },
    h("p", {}, `${waits} for somebody new: everybody with a valid invite has judged them. `, h("a", { href: "#people" }, "Invite another annotator"), ", or go on without one:"),
    h("div", { class: "row" },
      campaign.overlap > 1 && h("button", { type: "button", onclick: actions.lowerOverlap }, `Ask ${plural(campaign.overlap - 1, "annotator")} a comparison instead of ${campaign.overlap}`),
      h("button", { type: "button", onclick: actions.close }, "Close the labeling")));
}

/** Ended batches are asked of nobody but reviewers. */
function lost(progress) {
  return h("p", { class: "notice", role: "status" }, `${plural(progress.lost, "comparison")} that ended ${progress.lost === 1 ? "has" : "have"} no ranking left since annotators were left out. `,
    h("a", { href: "#people" }, "Invite a reviewer"), ", who gets them, or take the annotators in again under ", h("a", { href: "#quality" }, "Quality"), ".");
}

export function figure(label, value, note) {
  return h("div", {}, h("dt", {}, label), h("dd", {}, value, note && h("small", {}, note)));
}

export function reasons(label, byReason) {
  const entries = Object.entries(byReason ?? {}).filter(([, number]) => number > 0);
  return entries.length > 0 && h("p", { class: "muted small" }, `${label}: ${entries.map(([reason, number]) => `${count(number)} ${reason.replaceAll("-", " ")}`).join(", ")}`);
}

function rankingsNote({ rankings, imported }) {
  const kinds = rankingsByKind(rankings), fromFiles = sum(imported);
  return fromFiles > 0 ? `${kinds}; ${count(fromFiles)} imported` : kinds;
}

function sum(counts) {
  return Object.values(counts ?? {}).reduce((total, number) => total + number, 0);
}
