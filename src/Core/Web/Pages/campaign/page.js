import { h, byId, show } from "../shared/dom.js";
import { keepFresh, query, say } from "../shared/owner.js";
import { actionsOn } from "./actions.js";
import { attentionList, attentionOf } from "./attention.js";
import { mountData } from "./data.js";
import { mountGold } from "./gold.js";
import { mountGuidelines } from "./guidelines.js";
import { campaignHead, troubles } from "./head.js";
import { mountInvites } from "./invites.js";
import { mountJudge } from "./judge.js";
import { live } from "./live.js";
import { progressCard } from "./progress.js";
import { addPrompts, promptsCard } from "./prompts.js";
import { mountQuality } from "./quality.js";
import { Sections } from "./sections.js";
import { mountSettings } from "./settings.js";
import { runsCard, trainingCard } from "./training.js";

/** How old what only says that something is worth a look may be: the figures of quality are counted from all rankings. */
const LookEvery = 30_000;
const QualityEvery = 5000;

/** Holds the parts together: what is read of the campaign reaches the cards, and the sections hold the cards. */
export class CampaignPage {
  #api;
  #base;
  #details;
  #runs;
  #invites = null;
  #quality = null;
  #qualityAt = 0;
  #lookedAt = 0;
  #sections;
  #cards = { head: h("div", { class: "page-head" }), troubles: h("div"), attention: card({ hidden: true }), progress: card(), prompts: card(), training: card(), runs: card() };
  #draw;

  constructor(api, base) {
    [this.#api, this.#base] = [api, base];
    const actions = actionsOn(api, base, () => this.#refresh(), () => this.#details.campaign.overlap);
    this.#sections = new Sections(this.#list(), title => this.#setTitle(title));
    this.#draw = {
      head: live(this.#cards.head, ({ campaign }) => campaignHead(campaign, actions)),
      troubles: live(this.#cards.troubles, troubles),
      attention: live(this.#cards.attention, items => attentionList(items, name => this.#sections.titleOf(name))),
      progress: live(this.#cards.progress, both => progressCard(both, actions)),
      prompts: live(this.#cards.prompts, promptsCard),
      training: live(this.#cards.training, both => trainingCard(both, actions)),
      runs: live(this.#cards.runs, runsCard),
    };
  }

  async start() {
    await this.#refresh();
    show(byId("main"), this.#cards.head, this.#cards.troubles, this.#sections.element, this.#sections.panels);
    await this.#sections.start();
    this.#sayNote();
    await this.#look();
    setTimeout(() => keepFresh(async () => {
      if (document.querySelector("dialog[open]")) return;
      await this.#refresh();
      await this.#sections.refresh();
      await this.#look();
    }), 2000);
  }

  /** In the order of what an owner comes for most. */
  #list() {
    const [api, base, cards] = [this.#api, this.#base, this.#cards];
    const mounted = (panel, ...mounts) => {
      const made = mounts.map(mount => [card(), mount]);
      show(panel, made.map(([element]) => element));
      return Promise.all(made.map(([element, mount]) => mount(element))).then(refreshes => async () => { for (const refresh of refreshes) await refresh?.(); });
    };
    return [
      { name: "progress", title: "Progress", mount: panel => show(panel, cards.attention, cards.progress) },
      { name: "prompts", title: "Prompts", mount: panel => show(panel, cards.prompts, addPrompts(api, base, () => this.#refresh())) },
      { name: "people", title: "People", mount: panel => mounted(panel, element => mountInvites(element, api, base, invites => this.#setInvites(invites)), element => mountGuidelines(element, api, base)) },
      { name: "quality", title: "Quality", mount: panel => mounted(panel, element => mountQuality(element, options => this.#readQuality(options), api, base), element => mountGold(element, api, base), element => mountJudge(element, api, base)) },
      { name: "data", title: "Data", mount: panel => mounted(panel, element => mountData(element, api, base, () => this.#refresh())) },
      { name: "runs", title: "Runs", mount: panel => show(panel, h("div", { class: "columns" }, cards.training, cards.runs)) },
      { name: "settings", title: "Settings", mount: panel => {
        const [settings, history] = [card(), card()];
        show(panel, settings, history);
        return mountSettings(settings, history, api, base, () => this.#refresh());
      } },
    ];
  }

  async #refresh() {
    const [details, { runs }] = await Promise.all([this.#api("GET", this.#base), this.#api("GET", `${this.#base}/runs`)]);
    [this.#details, this.#runs] = [details, runs];
    byId("crumb").textContent = details.campaign.title;
    for (const part of ["head", "troubles", "prompts"]) this.#draw[part](details);
    for (const part of ["progress", "training"]) this.#draw[part]({ details, runs });
    this.#draw.runs(runs);
    this.#showAttention();
  }

  /** What is asked for now and then, not every two seconds. */
  async #look() {
    if (Date.now() - this.#lookedAt < LookEvery) return;
    this.#lookedAt = Date.now();
    this.#setInvites((await this.#api("GET", `${this.#base}/invites`)).invites);
    await this.#readQuality();
  }

  async #readQuality({ anew = false } = {}) {
    if (!anew && Date.now() - this.#qualityAt < QualityEvery) return this.#quality;
    this.#quality = await this.#api("GET", `${this.#base}/quality`);
    this.#qualityAt = Date.now();
    this.#showAttention();
    return this.#quality;
  }

  #setInvites(invites) {
    this.#invites = invites;
    this.#showAttention();
  }

  #showAttention() {
    const items = attentionOf(this.#details, this.#runs, this.#invites, this.#quality);
    this.#cards.attention.hidden = items.length === 0;
    this.#draw.attention(items);
    this.#sections.mark(new Set(items.map(({ section }) => section)));
  }

  #setTitle(section) {
    document.title = `${section} – ${this.#details.campaign.title} – Serverless RLHF`;
  }

  /** What the page before has to say is said once, not with every reload. */
  #sayNote() {
    if (!query("note")) return;
    say(query("note"));
    history.replaceState(history.state, "", `${location.pathname}?id=${query("id")}${location.hash}`);
  }
}

function card(properties = {}) {
  return h("section", { class: "card", ...properties });
}
