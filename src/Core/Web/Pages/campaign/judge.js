import { h } from "../shared/dom.js";
import { count, percent, plural } from "../shared/format.js";
import { attempt } from "../shared/owner.js";
import { live } from "./live.js";

/** The language model that judges beside people: how far it can be trusted, and buttons that have it go on. Nothing where the campaign names none. @returns what looks for news */
export async function mountJudge(card, api, base) {
  const draw = live(card, stand => stand.judge ? parts(stand, start) : []);
  const refresh = async () => {
    const stand = await api("GET", `${base}/llm-judge`);
    card.hidden = !stand.judge;
    draw(stand);
  };
  const start = imported => attempt(async () => {
    await api("POST", `${base}/llm-judge${imported ? "?imported=true" : ""}`);
    await refresh();
  });
  card.hidden = true;
  await refresh();
  return refresh;
}

function parts({ judge, model, counts, isRunning, hasImported, figures, trouble }, start) {
  return [
    h("div", { class: "card-head" }, h("h2", {}, "Language model as judge"), isRunning && h("span", { class: "badge running" }, "judging")),
    h("p", { class: "muted" }, `${judge} (${model}) judges each two answers in both orders. ${counts
      ? "This campaign trains on its rankings too, marked llm; what people have left open is handed in by it."
      : "Its judgements stand beside people's rankings and are not mixed with them."}`),
    trouble && !isRunning && h("p", { class: "notice" }, trouble),
    figures.votes > 0 && h("dl", { class: "figures" },
      figure("Judged", count(figures.votes), figures.unreadable > 0 ? `${plural(figures.unreadable, "verdict")} not readable` : "comparisons"),
      share("Agrees with people", figures.withPeople, "answer pairs that people decided"),
      share("Consistent", figures.consistency, "pairs, both orders the same"),
      share("Prefers the first", figures.firstSide, "verdicts; 50% is no bias"),
      share("Prefers the longer", figures.longer, figures.peopleLonger ? `verdicts; people ${percent(figures.peopleLonger.share)}` : "verdicts")),
    h("div", { class: "row" }, h("button", { type: "button", disabled: isRunning, onclick: () => start(false) }, figures.votes > 0 ? "Judge what is new" : "Have it judge"),
      hasImported && h("button", { type: "button", disabled: isRunning, onclick: () => start(true) }, "Judge imported ones too")),
  ];
}

function share(label, value, of) {
  return value ? figure(label, percent(value.share), `${percent(value.low)} to ${percent(value.high)}, ${count(value.count)} ${of}`) : figure(label, "–", "nothing to tell by yet");
}

function figure(label, value, note) {
  return h("div", {}, h("dt", {}, label), h("dd", {}, value, h("small", {}, note)));
}
