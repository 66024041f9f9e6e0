import { h, setBar } from "../shared/dom.js";
import { count, percent, plural, rankingsByKind, time } from "../shared/format.js";

export function campaignHead(campaign, actions) {
  const running = campaign.state === "active", paused = campaign.state === "paused";
  return [
    h("h1", {}, campaign.title), h("span", { class: `badge ${campaign.state}` }, campaign.state),
    campaign.reason && h("span", { class: "muted small" }, campaign.reason),
    h("div", { class: "actions" },
      running && h("button", { type: "button", onclick: actions.pause }, "Pause"),
      paused && h("button", { type: "button", class: "primary", onclick: actions.resume }, "Resume"),
      (running || paused) && h("button", { type: "button", class: "danger", onclick: actions.cancel }, "Cancel")),
  ];
}

/** What keeps the campaign from getting on: a pause has said its reason in the head already. */
export function troubles({ campaign, storage }) {
  return [
    storage && h("p", { class: "notice", role: "status" }, `Storage has failed since ${time(storage.since)}: ${storage.message} ${storage.remedy}`),
    campaign.trouble && campaign.state !== "paused" && h("p", { class: "notice", role: "status" }, `${campaign.trouble.code.startsWith("label-studio-") ? "Nothing goes to the Label Studio server or comes from it" : "No new answers"} since ${time(campaign.trouble.since)}, it is tried again by itself: ${campaign.trouble.message} ${campaign.trouble.remedy}`),
  ];
}

export function progressCard({ campaign, progress }, actions) {
  const bar = h("div", { class: "bar", role: "progressbar", "aria-label": "Comparisons done", "aria-valuemin": 0, "aria-valuemax": 100 }, h("span"));
  const closed = sum(progress.closed);
  setBar(bar, progress.comparisons === 0 ? 0 : (progress.complete + closed) / progress.comparisons);
  return [
    h("div", { class: "card-head" }, h("h2", {}, `Labeling, round ${campaign.round}`), h("span", { class: "muted numbers" }, `${count(progress.complete)} of ${plural(progress.comparisons, "comparison")} done`)),
    bar,
    h("dl", { class: "figures" },
      figure("Prompts", count(progress.prompts.all), `${count(progress.prompts.train)} train, ${count(progress.prompts.validation)} validation, ${count(progress.prompts.test)} test`),
      figure("Rankings", count(sum(progress.rankings)), rankingsNote(progress)),
      figure("Agreement", percent(progress.agreement), progress.agreement === null || progress.agreement === undefined ? "needs two annotators a comparison" : `alpha ${progress.alpha?.toFixed(2) ?? "–"}`),
      figure("Pairs", count(progress.pairs), `${count(progress.trainPairs)} for training`),
      figure("Ties", count(progress.ties)), figure("Both bad", count(progress.bothBad)), figure("Skips", count(progress.skips))),
    reasons("Closed without all rankings", progress.closed), reasons("Prompts without a comparison", progress.comparisonsDropped),
    progress.exhausted > 0 && exhausted(campaign, progress, actions),
    (progress.warnings ?? []).map(warning => h("p", { class: "notice" }, warning)),
  ];
}

/** Nobody is left for what is open: invite, ask fewer, or take it as it is. */
function exhausted(campaign, progress, actions) {
  const waits = `${plural(progress.exhausted, "comparison")} ${progress.exhausted === 1 ? "waits" : "wait"}`;
  return h("div", { class: "notice", role: "status" },
    h("p", {}, `${waits} for somebody new: everybody with a valid invite has judged them. Invite another annotator below, or go on without one:`),
    h("div", { class: "row" },
      campaign.overlap > 1 && h("button", { type: "button", onclick: actions.lowerOverlap }, `Ask ${plural(campaign.overlap - 1, "annotator")} a comparison instead of ${campaign.overlap}`),
      h("button", { type: "button", onclick: actions.close }, "Close the labeling")));
}

export function trainingCard({ campaign, progress, canSimulate }, runs, actions) {
  const busy = runs.some(run => run.state === "running" || run.state === "queued");
  const ended = campaign.state === "cancelled";
  return [
    h("h2", {}, "Training"),
    h("p", { class: "muted" }, campaign.policy
      ? `Tunes ${campaign.policy.replace(/^file:/, "")} on ${plural(progress.trainPairs, "train pair")} so far; test prompts are never trained on.`
      : "This campaign names no policy, so there is nothing to train here. Its data can be downloaded below."),
    h("div", { class: "row" },
      h("button", { type: "button", class: "primary", disabled: busy || ended || !campaign.policy, onclick: actions.train }, "Train now"),
      canSimulate && h("button", { type: "button", disabled: ended || progress.open === 0, onclick: actions.simulate }, "Finish with simulated annotators")),
  ];
}

export function runsCard(runs) {
  return [
    h("h2", {}, "Runs"),
    runs.length === 0 ? h("p", { class: "muted" }, "None yet.") : h("ul", { class: "list" }, runs.map(run => h("li", {}, h("a", { href: `/run?id=${run.id}` },
      h("span", { class: "row" }, h("span", { class: "name" }, run.id), h("span", { class: `badge ${run.state}` }, run.state)),
      h("span", { class: "muted small numbers" }, runLine(run)))))),
  ];
}

function runLine(run) {
  const verdict = run.verdicts?.[0];
  if (run.state === "failed") return run.error?.message ?? "Failed";
  if (verdict?.winRate !== undefined && verdict?.winRate !== null) return `${verdict.contender} beats ${verdict.baseline} ${percent(verdict.winRate)} of the time, ${plural(verdict.prompts, "test prompt")}, judge: ${verdict.judge}`;
  return `Started ${time(run.createdAt)}`;
}

function figure(label, value, note) {
  return h("div", {}, h("dt", {}, label), h("dd", {}, value, note && h("small", {}, note)));
}

function rankingsNote({ rankings, imported }) {
  const kinds = rankingsByKind(rankings), fromFiles = sum(imported);
  return fromFiles > 0 ? `${kinds}; ${count(fromFiles)} imported` : kinds;
}

function reasons(label, byReason) {
  const entries = Object.entries(byReason ?? {}).filter(([, number]) => number > 0);
  return entries.length > 0 && h("p", { class: "muted small" }, `${label}: ${entries.map(([reason, number]) => `${count(number)} ${reason.replaceAll("-", " ")}`).join(", ")}`);
}

function sum(counts) {
  return Object.values(counts ?? {}).reduce((total, number) => total + number, 0);
}
