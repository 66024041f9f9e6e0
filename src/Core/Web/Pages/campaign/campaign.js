import { h, byId, show } from "../shared/dom.js";
import { dropZone, describeIngest } from "../shared/drop.js";
import { attempt, keepFresh, openOwnerPage, query } from "../shared/owner.js";
import { mountData } from "./data.js";
import { mountGold } from "./gold.js";
import { mountGuidelines } from "./guidelines.js";
import { mountJudge } from "./judge.js";
import { mountInvites } from "./invites.js";
import { mountQuality } from "./quality.js";
import { campaignHead, progressCard, runsCard, trainingCard, troubles } from "./view.js";

openOwnerPage(async api => {
  const base = `/api/campaigns/${query("id")}`;
  const parts = { head: h("div", { class: "page-head" }), troubles: h("div"), progress: h("section", { class: "card" }), training: h("section", { class: "card" }), runs: h("section", { class: "card" }), invites: h("section", { class: "card" }), quality: h("section", { class: "card" }), gold: h("section", { class: "card" }), judge: h("section", { class: "card" }), guidelines: h("section", { class: "card" }), data: h("section", { class: "card" }) };
  let overlap;
  const refresh = async () => {
    const [details, { runs }] = await Promise.all([api("GET", base), api("GET", `${base}/runs`)]);
    document.title = `${details.campaign.title} – Serverless RLHF`;
    byId("crumb").textContent = details.campaign.title;
    show(parts.head, campaignHead(details.campaign, actions));
    show(parts.troubles, troubles(details));
    overlap = details.campaign.overlap;
    show(parts.progress, progressCard(details, actions));
    show(parts.training, trainingCard(details, runs, actions));
    show(parts.runs, runsCard(runs));
  };
  const actions = actionsOn(api, base, refresh, () => overlap);
  await refresh();
  show(byId("main"), parts.head, parts.troubles, parts.progress, h("div", { class: "columns" }, parts.training, parts.runs), parts.quality, parts.gold, parts.judge, parts.invites, parts.guidelines, promptsCard(api, base, refresh), parts.data);
  if (query("note")) say(query("note"));
  await Promise.all([mountQuality(parts.quality, api, base), mountGold(parts.gold, api, base), mountJudge(parts.judge, api, base), mountInvites(parts.invites, api, base), mountGuidelines(parts.guidelines, api, base), mountData(parts.data, api, base, refresh)]);
  setTimeout(() => keepFresh(async () => { if (!document.querySelector("dialog[open]")) await refresh(); }), 2000);
});

function actionsOn(api, base, refresh, overlap) {
  const post = (path, body) => attempt(async () => {
    const answer = await api("POST", `${base}/${path}`, body);
    await refresh();
    return answer;
  });
  return {
    pause: () => post("pause", {}),
    resume: () => post("resume"),
    cancel: async () => { if (await confirmed("Cancel this campaign?", "Open comparisons are taken back and a running training is stopped. This can't be undone; rankings and pairs stay.", "Cancel the campaign")) await post("cancel", {}); },
    lowerOverlap: () => post("overlap", { overlap: overlap() - 1 }),
    close: async () => { if (await confirmed("Close the labeling?", "Open comparisons are taken back, and the rankings they have count. Nothing more is asked until you add prompts. This can't be undone.", "Close it")) await post("close"); },
    train: async () => {
      const run = await post("train");
      if (run) location.href = `/run?id=${run.id}`;
    },
    simulate: async () => {
      if (!await confirmed("Finish with simulated annotators?", "Programs that follow a fixed rule will rank what people leave open. Their rankings are marked as simulated in all counts, exports and reports, and they can only judge support messages.", "Let them finish")) return;
      if (await post("simulate") !== undefined) say("Simulated annotators are ranking what is open.");
    },
  };
}

function promptsCard(api, base, refresh) {
  const result = h("p", { class: "small", role: "status" });
  return h("section", { class: "card" }, h("h2", {}, "Add prompts"), dropZone("Drop a file of prompts", ".jsonl .json .csv .txt .parquet, or click to choose", file => attempt(async () => {
    result.textContent = `Reading ${file.name}…`;
    const report = await api("POST", `${base}/prompts?name=${encodeURIComponent(file.name)}`, file).catch(error => { result.textContent = ""; throw error; });
    result.textContent = `${file.name}: ${describeIngest(report)}`;
    await refresh();
  })), result);
}

function say(text) {
  const flash = byId("flash");
  flash.className = "notice";
  flash.textContent = text;
  flash.hidden = false;
}

/** Asks before something that can't be taken back. */
function confirmed(question, text, yes) {
  return new Promise(resolve => {
    const dialog = h("dialog", { onclose: () => { resolve(dialog.returnValue === "yes"); dialog.remove(); } }, h("h2", {}, question), h("p", {}, text),
      h("form", { method: "dialog", class: "row" }, h("button", { value: "no" }, "Not now"), h("button", { value: "yes", class: "primary" }, yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
