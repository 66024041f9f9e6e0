import { h, byId, show, setBar } from "../shared/dom.js";
import { time } from "../shared/format.js";
import { attempt, keepFresh, openOwnerPage, query } from "../shared/owner.js";
import { exchange } from "../arena/exchange.js";
import { curves } from "./curves.js";
import { examplesCard, figuresCard, verdictCards } from "./results.js";

openOwnerPage(async api => {
  const id = query("id"), path = `/api/runs/${id}`;
  byId("crumb").textContent = id;
  let box;
  const refresh = async () => {
    const [details, { points }] = await Promise.all([api("GET", path), api("GET", `${path}/metrics`)]);
    const { run } = details;
    byId("campaign-crumb").href = `/campaign?id=${run.campaign}#runs`;
    byId("campaign-crumb").textContent = run.campaign;
    // Made once, so that a refresh takes away neither a message half typed nor an answer.
    if (run.results?.model) box ??= exchange(api, id);
    show(byId("main"), head(details, api, path, refresh), statusCard(details), verdictCards(run), box, figuresCard(details), examplesCard(details.examples), curves(points));
    return !["succeeded", "failed", "cancelled"].includes(run.state) || !details.hasReport && run.state === "succeeded";
  };
  if (await refresh()) setTimeout(() => keepFresh(refresh), 2000);
});

function head({ run, hasReport }, api, path, refresh) {
  const going = run.state === "running" || run.state === "queued";
  return h("div", { class: "page-head" }, h("h1", {}, run.id), h("span", { class: `badge ${run.state}` }, run.state),
    h("span", { class: "muted small" }, `round ${run.round}, started ${time(run.createdAt)}`),
    h("div", { class: "actions" },
      hasReport && h("button", { type: "button", class: "primary", onclick: () => attempt(() => openReport(api, path)) }, "Open report"),
      run.results?.model && h("a", { class: "button", href: `/arena?run=${run.id}` }, "Try it in the arena"),
      going && h("button", { type: "button", class: "danger", onclick: () => attempt(async () => { await api("POST", `${path}/cancel`); await refresh(); }) }, "Cancel run")));
}

/** The report is asked for with the token, so it can't be a plain link. */
async function openReport(api, path) {
  const tab = open("", "_blank");
  const response = await api("GET", `${path}/report`, undefined, { raw: true });
  tab.location = URL.createObjectURL(new Blob([await response.blob()], { type: "text/html" }));
}

function statusCard({ run, status }) {
  if (run.state === "failed") return h("section", { class: "card" }, h("h2", {}, "What went wrong"), h("p", {}, run.error?.message ?? "The job failed."), h("p", { class: "muted" }, run.error?.remedy ?? ""), run.error?.detail && h("pre", { class: "log" }, run.error.detail));
  if (run.state !== "running" && run.state !== "queued") return null;
  const bar = h("div", { class: "bar", role: "progressbar", "aria-label": "Training progress", "aria-valuemin": 0, "aria-valuemax": 100 }, h("span"));
  setBar(bar, status?.progress ?? 0);
  return h("section", { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, status?.stage ? `Stage: ${status.stage}` : "Waiting for the job"), h("span", { class: "muted numbers" }, status?.steps ? `step ${status.step} of ${status.steps}` : "")),
    bar, h("p", { class: "muted" }, status?.headline ?? "The job has not said anything yet."),
    run.trouble && h("p", {}, `${run.trouble.message} ${run.trouble.remedy}`));
}
