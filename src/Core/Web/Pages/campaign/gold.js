import { h, show } from "../shared/dom.js";
import { count, percent, plural } from "../shared/format.js";
import { attempt } from "../shared/owner.js";

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
      h("td", { "data-label": "Better answer" }, h("span", { class: "excerpt" }, gold.outcome === "bothBad" ? "none" : gold.answers[gold.tiers[0][0] - 1])),
      h("td", { class: "numbers", "data-label": "Right" }, gold.judged === 0 ? "–" : percent(gold.right / gold.judged), h("small", {}, `of ${count(gold.judged)}`)),
      h("td", { class: "end" }, h("button", { type: "button", class: "quiet", onclick: () => remove(gold) }, "Remove")))))));
}

function goldForm(api, base, refresh) {
  const area = (label, properties = {}) => h("label", {}, label, h("textarea", { rows: 2, required: true, maxlength: 32000, ...properties }));
  const prompt = area("Prompt"), better = area("Better answer"), worse = area("Worse answer"), why = area("Why (shown after practice)", { required: false });
  const practice = h("input", { type: "checkbox" });
  const form = h("form", { class: "gold-form", onsubmit: event => {
    event.preventDefault();
    attempt(async () => {
      const [asked, best, other, explanation] = [prompt, better, worse, why].map(field => field.lastChild.value.trim());
      await api("POST", `${base}/gold`, { prompt: asked, answers: [best, other], tiers: [[1], [2]], explanation: explanation || undefined, practice: practice.checked });
      form.reset();
      await refresh();
    });
  } }, prompt, h("div", { class: "columns" }, better, worse), why, h("div", { class: "row" }, h("label", { class: "check" }, practice, "Practice, before the first task"), h("button", { class: "primary" }, "Add")));
  return h("details", {}, h("summary", {}, "Add one"), form);
}
