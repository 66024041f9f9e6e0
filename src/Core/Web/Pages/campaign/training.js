import { h } from "../shared/dom.js";
import { percent, plural, time } from "../shared/format.js";

export function trainingCard({ details: { campaign, progress }, runs }, actions) {
  const busy = runs.some(run => run.state === "running" || run.state === "queued");
  const ended = campaign.state === "cancelled";
  return [
    h("h2", {}, "Training"),
    h("p", { class: "muted" }, campaign.policy
      ? `Tunes ${campaign.policy.replace(/^file:/, "")} on ${plural(progress.trainPairs, "train pair")} so far${progress.trainPairs < campaign.minimumPairs ? `, of at least ${campaign.minimumPairs}` : ""}; test prompts are never trained on.`
      : "This campaign names no policy, so there is nothing to train here. Its data can be downloaded under Data."),
    h("div", {}, h("button", { type: "button", class: "primary", disabled: busy || ended || !campaign.policy, onclick: actions.train }, "Train now")),
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
