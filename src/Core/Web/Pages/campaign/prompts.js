import { h } from "../shared/dom.js";
import { describeIngest, dropZone } from "../shared/drop.js";
import { count } from "../shared/format.js";
import { attempt } from "../shared/owner.js";
import { figure, reasons } from "./progress.js";

/** What is asked, and who answers it. */
export function promptsCard({ campaign, progress }) {
  return [
    h("h2", {}, "Prompts and answers"),
    h("dl", { class: "figures" },
      figure("Prompts", count(progress.prompts.all), `${count(progress.prompts.train)} train, ${count(progress.prompts.validation)} validation, ${count(progress.prompts.test)} test`),
      figure("Answered", count(progress.promptsGenerated), `${campaign.answers} answers each`),
      figure("Comparisons", count(progress.comparisons), `${count(progress.open)} open`),
      figure("Answers' tokens", count(progress.answerTokens))),
    h("p", { class: "muted small" }, `Answers are written by ${campaign.generators.join(", ")}.`),
    reasons("Prompts without a comparison", progress.comparisonsDropped),
  ];
}

export function addPrompts(api, base, refresh) {
  const result = h("p", { class: "small", role: "status" });
  return h("section", { class: "card" }, h("h2", {}, "Add prompts"), dropZone("Drop a file of prompts", ".jsonl .json .csv .txt .parquet, or click to choose", file => attempt(async () => {
    result.textContent = `Reading ${file.name}…`;
    const report = await api("POST", `${base}/prompts?name=${encodeURIComponent(file.name)}`, file).catch(error => { result.textContent = ""; throw error; });
    result.textContent = `${file.name}: ${describeIngest(report)}`;
    await refresh();
  })), result);
}
