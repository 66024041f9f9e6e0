import { h, byId, show, setBar } from "../shared/dom.js";
import { dropZone, describeIngest } from "../shared/drop.js";
import { count, date } from "../shared/format.js";
import { attempt, openOwnerPage } from "../shared/owner.js";
import { RuleFields, ruleGroup } from "../rules/fields.js";
import { Essentials, Groups, Texts } from "../rules/specs.js";

openOwnerPage(async api => {
  const { campaigns } = await api("GET", "/api/campaigns");
  campaigns.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  show(byId("main"),
    h("div", { class: "page-head" }, h("h1", {}, "Campaigns")),
    h("div", { class: "columns" }, campaignList(campaigns), await newCampaign(api)));
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

async function newCampaign(api) {
  const defaults = await api("GET", "/api/settings");
  const fields = new RuleFields([Texts, Essentials, ...Groups], defaults, defaults);
  const chosen = h("p", { class: "muted small", role: "status" });
  let file = null;
  const drop = dropZone("Drop a file of prompts", ".jsonl .json .csv .txt .parquet, or click to choose", dropped => {
    file = dropped;
    chosen.textContent = `${dropped.name}, ${count(Math.ceil(dropped.size / 1024))} KB`;
    fields.suggest("title", dropped.name.replace(/\.[^.]+$/, "").replaceAll(/[-_]+/g, " "));
  });
  const submit = async () => {
    fields.clearErrors();
    try {
      await create(api, fields.changes, file);
    } catch (error) {
      if (!fields.showError(error)) throw error;
    }
  };
  // The server checks, and what it says stands beside the field: a browser can't point at one that is folded away.
  const form = h("form", { class: "card", novalidate: true, onsubmit: async event => {
    event.preventDefault();
    const button = form.querySelector("button.primary");
    button.disabled = true;
    await attempt(submit);
    button.disabled = false;
  } },
  h("h2", {}, "New campaign"), drop, chosen, fields.element("title"),
  h("div", { class: "rule-group" }, fields.elements(Essentials)), fields.element("guidelines"),
  Groups.map(group => ruleGroup(group, fields)),
  h("div", {}, h("button", { class: "primary" }, "Create")));
  return form;
}

async function create(api, request, file) {
  const campaign = await api("POST", "/api/campaigns", request);
  const note = file ? describeIngest(await api("POST", `/api/campaigns/${campaign.id}/prompts?name=${encodeURIComponent(file.name)}`, file)) : "";
  location.href = `/campaign?id=${campaign.id}${note ? `&note=${encodeURIComponent(note)}` : ""}`;
}
