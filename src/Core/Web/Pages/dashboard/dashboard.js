import { h, byId, show, setBar } from "../shared/dom.js";
import { dropZone, describeIngest } from "../shared/drop.js";
import { count, date } from "../shared/format.js";
import { attempt, openOwnerPage } from "../shared/owner.js";
import { labelFields } from "./label-fields.js";

openOwnerPage(async api => {
  const { campaigns } = await api("GET", "/api/campaigns");
  campaigns.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  show(byId("main"),
    h("div", { class: "page-head" }, h("h1", {}, "Campaigns")),
    h("div", { class: "columns" }, campaignList(campaigns), newCampaign(api)));
  for (const campaign of campaigns) fillProgress(api, campaign.id);
});

function campaignList(campaigns) {
  if (campaigns.length === 0) return h("section", { class: "card" }, h("h2", {}, "No campaign yet"), h("p", { class: "muted" }, "A campaign takes prompts to answers, rankings, preference pairs and a tuned model. Start one with a file of prompts."));
  return h("section", { class: "card" }, h("ul", { class: "list" }, campaigns.map(campaign => h("li", {}, h("a", { href: `/campaign?id=${campaign.id}` },
    h("span", { class: "row" }, h("span", { class: "name" }, campaign.title), h("span", { class: `badge ${campaign.state}` }, campaign.state)),
    h("span", { class: "muted small numbers", id: `counts-${campaign.id}` }, `Started ${date(campaign.createdAt)}`),
    h("span", { class: "bar", id: `bar-${campaign.id}`, role: "progressbar", "aria-label": "Comparisons done", "aria-valuemin": 0, "aria-valuemax": 100 }, h("span")))))));
}

async function fillProgress(api, id) {
  const { progress } = await api("GET", `/api/campaigns/${id}`);
  byId(`counts-${id}`).textContent = `${count(progress.prompts.all)} prompts · ${count(progress.complete)} of ${count(progress.comparisons)} comparisons done · ${count(progress.pairs)} pairs`;
  setBar(byId(`bar-${id}`), progress.comparisons === 0 ? 0 : progress.complete / progress.comparisons);
}

function newCampaign(api) {
  const title = h("input", { name: "title", required: true, maxlength: 200, placeholder: "Support answers" });
  const answers = h("input", { type: "number", min: 2, max: 9, value: 2 });
  const overlap = h("input", { type: "number", min: 1, max: 50, value: 1 });
  const guidelines = h("textarea", { rows: 3, placeholder: "Pick the answer you would rather have received." });
  const template = h("textarea", { rows: 8, spellcheck: "false", placeholder: "<View>\n  …\n  <Pairwise name=\"comparison\" toName=\"answer1,answer2\"/>\n</View>" });
  const judging = labelFields();
  const chosen = h("p", { class: "muted small", role: "status" });
  let file = null;
  const drop = dropZone("Drop a file of prompts", ".jsonl .json .csv .txt .parquet, or click to choose", dropped => {
    file = dropped;
    chosen.textContent = `${dropped.name}, ${count(Math.ceil(dropped.size / 1024))} KB`;
    if (title.value === "") title.value = dropped.name.replace(/\.[^.]+$/, "").replaceAll(/[-_]+/g, " ");
  });
  const form = h("form", { class: "card", onsubmit: async event => {
    event.preventDefault();
    const button = form.querySelector("button.primary");
    button.disabled = true;
    await attempt(() => create(api, { title: title.value, answers: Number(answers.value), overlap: Number(overlap.value), guidelines: guidelines.value || undefined, form: judging.value(), labelTemplate: template.value || undefined }, file));
    button.disabled = false;
  } },
  h("h2", {}, "New campaign"), drop, chosen, h("label", {}, "Title", title),
  h("div", { class: "fields" }, h("label", {}, "Answers a prompt", answers), h("label", {}, "Annotators a comparison", overlap)),
  h("label", {}, "Guidelines", guidelines), judging.element,
  h("details", {}, h("summary", {}, "Label Studio template"), h("p", { class: "muted small" }, "With a Pairwise tag; two answers are then shown in Label Studio's own editor instead of the form."), h("label", {}, "Template (XML)", template)),
  h("div", {}, h("button", { class: "primary" }, "Create")));
  return form;
}

async function create(api, request, file) {
  const campaign = await api("POST", "/api/campaigns", request);
  const note = file ? describeIngest(await api("POST", `/api/campaigns/${campaign.id}/prompts?name=${encodeURIComponent(file.name)}`, file)) : "";
  location.href = `/campaign?id=${campaign.id}${note ? `&note=${encodeURIComponent(note)}` : ""}`;
}
