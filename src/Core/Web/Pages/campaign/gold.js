import { h, show } from "../shared/dom.js";
import { count, percent, plural } from "../shared/format.js";
import { attempt } from "../shared/owner.js";
import { goldForm } from "./gold-form.js";

/** The card of comparisons whose answer is known: a list, a form for new ones, and promotion from consensus. */
export async function mountGold(card, api, base) {
  const list = h("div"), said = h("p", { class: "small muted", role: "status" });
  const refresh = async () => show(list, goldList((await api("GET", `${base}/gold`)).gold, remove));
  const remove = gold => attempt(async () => {
    await api("DELETE", `${base}/gold/${gold.comparison}`);
    await refresh();
  });
  const promote = () => attempt(async () => {
    const before = (await api("GET", `${base}/gold`)).gold.length;
    const { gold } = await api("POST", `${base}/gold/promote`, { count: 10 });
    said.textContent = gold.length > before ? `${plural(gold.length - before, "comparison")} added; they give no pairs any more.` : "There is nothing that three annotators judged alike and that is not gold yet.";
    await refresh();
  });
  show(card, h("div", { class: "card-head" }, h("h2", {}, "Gold"), h("button", { type: "button", onclick: promote }, "Promote consensus")),
    h("p", { class: "muted small" }, "Comparisons whose answer is known. Each annotator gets them once, among the others; nobody can tell. Practice comes before the first task, with feedback, where the campaign asks for it."),
    said, list, goldForm(api, base, refresh));
  await refresh();
}

function goldList(all, remove) {
  if (all.length === 0) return h("p", { class: "muted" }, "None yet.");
  return h("div", { class: "scroll" }, h("table", { class: "stacks" },
    h("thead", {}, h("tr", {}, ["Prompt", "Better answer", "Right", ""].map(head => h("th", { scope: "col" }, head)))),
    h("tbody", {}, all.map(gold => h("tr", {},
      h("th", { scope: "row", class: "who" }, h("span", { class: "excerpt" }, gold.messages.at(-1).content), gold.isPractice && h("span", { class: "badge active" }, "practice"), gold.isConsensus && h("span", { class: "badge" }, "consensus")),
      h("td", { "data-label": "Better answer" }, h("span", { class: "excerpt" }, best(gold)), gold.answers.length > 2 && h("small", {}, `of ${gold.answers.length} answers`)),
      h("td", { class: "numbers", "data-label": "Right" }, gold.judged === 0 ? "–" : percent(gold.right / gold.judged), h("small", {}, `of ${count(gold.judged)}`)),
      h("td", { class: "end" }, h("button", { type: "button", class: "quiet", onclick: () => remove(gold) }, "Remove")))))));
}

function best({ outcome, tiers, answers }) {
  return outcome === "bothBad" ? "none is good" : tiers[0].map(number => answers[number - 1]).join(" / ");
}
