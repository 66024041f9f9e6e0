import { h } from "../shared/dom.js";
import { plural } from "../shared/format.js";

/** What waits for the owner, the most pressing first. Pure. @returns [{section, text}, …]
 * @param invites, quality null while they are not known. */
export function attentionOf({ campaign, progress }, runs, invites, quality) {
  const items = [];
  const add = (when, section, text) => { if (when) items.push({ section, text }); };
  const going = campaign.state === "active" || campaign.state === "paused";
  const concerned = (quality?.annotators ?? []).filter(({ figures, pausedAt, isExcluded }) => figures.concerns.length > 0 && !pausedAt && !isExcluded);
  const refused = (quality?.annotators ?? []).filter(({ failedPractice, pausedAt, isExcluded }) => failedPractice && !pausedAt && !isExcluded);
  add(going && progress.prompts.all === 0 && progress.comparisons === 0, "prompts", "There are no prompts yet.");
  add(going && progress.open > 0 && invites?.every(({ state }) => state !== "active"), "people", `Nobody is invited, and ${plural(progress.open, "comparison")} ${progress.open === 1 ? "waits" : "wait"} to be ranked.`);
  add(quality?.reviews > 0, "people", `${plural(quality?.reviews, "comparison")} ${quality?.reviews === 1 ? "waits" : "wait"} for a reviewer. ${invites?.some(({ state, reviewer }) => reviewer && state === "active") ? "One is invited and gets them." : "Invite one to decide."}`);
  add(concerned.length > 0, "quality", `Worth a look: ${named(concerned)}.`);
  add(going && refused.length > 0, "quality", `Failed practice and gets no tasks: ${named(refused)}.`);
  add(isRanked({ campaign, progress }) && campaign.policy && progress.trainPairs > 0 && runs.length === 0, "runs", `Everything is ranked. ${plural(progress.trainPairs, "train pair")} can be trained on.`);
  add(runs.at(0)?.state === "failed", "runs", `The latest run failed${runs.at(0)?.error?.message ? `: ${runs[0].error.message}` : "."}`);
  for (const warning of progress.warnings ?? []) items.push({ section: null, text: warning });
  return items;
}

/** Whether all prompts that are there have been asked and nothing is left on anybody's table. */
function isRanked({ campaign, progress }) {
  const dropped = Object.values(progress.comparisonsDropped ?? {}).reduce((sum, count) => sum + count, 0);
  return campaign.state !== "cancelled" && progress.comparisons > 0 && progress.open === 0 && progress.comparisons + dropped >= progress.prompts.all;
}

function named(annotators) {
  return annotators.length > 3 ? plural(annotators.length, "annotator") : annotators.map(({ name, figures }) => name ?? figures.annotator).join(", ");
}

export function attentionList(items, titleOf) {
  return [
    h("h2", {}, "Needs attention"),
    h("ul", { class: "attention" }, items.map(({ section, text }) => h("li", {}, h("span", {}, text), section && h("a", { href: `#${section}` }, titleOf(section))))),
  ];
}
