import { h, show } from "../../shared/dom.js";
import { announce } from "../announce.js";
import { AnswerCards } from "../answers.js";
import { canSubmit, move, place, ranked, tierOf, without } from "../judgement.js";
import { action, key, numberName, submitButton } from "./controls.js";
import { draggable, target } from "./drag.js";
import { PinHelp, Pins } from "./pins.js";

const Help = [["1 to 9", "The next place, or take it back"], ["t or =", "The next one ties with the one before"], ["Backspace", "Take back the last one"], ["Enter", "Submit"], ...PinHelp];

/** Three answers and more, into tiers from best to worst: by number keys or clicks in that order, or by dragging numbers to their place. */
export function tiersJudging(context) {
  return new Tiers(context).judging;
}

class Tiers {
  #context;
  #tiers;
  #tied = false;
  #cards;
  #strip = h("div", { class: "strip", role: "group", "aria-label": "Your ranking so far" });
  #submit;
  #tie;

  constructor(context) {
    const { task, earlier, draft, act } = this.#context = context;
    this.#tiers = draft ?? earlier?.tiers ?? [];
    this.#cards = new AnswerCards(task.answers, task.answers.map(answer => draggable(numberName(answer), place => this.#drop(answer.id, place))), { choose: id => act(() => this.#place(id)), pins: true });
    const pins = new Pins(this.#cards);
    this.#submit = submitButton(() => act(() => this.#send()));
    this.#tie = action("Tie the next", "t", () => act(() => this.#toggleTied()), { "aria-pressed": "false" });
    this.judging = {
      stage: this.#cards.element,
      controls: h("div", { class: "many" }, this.#strip, h("div", { class: "many-actions" }, this.#tie, pins.element, this.#submit)),
      digit: number => { if (!pins.take(number) && task.answers.some(answer => answer.id === number)) this.#place(number); },
      keys: { t: () => this.#toggleTied(), "=": () => this.#toggleTied(), Enter: () => this.#send(), Backspace: () => this.#takeBack(), p: () => pins.arm() },
      help: Help, view: this.#cards, keep: () => this.#tiers,
    };
    this.#show();
  }

  #place(id) {
    this.#set(place(this.#tiers, id, this.#tied), id);
  }

  #takeBack() {
    const last = this.#tiers.at(-1)?.at(-1);
    if (last) this.#set(without(this.#tiers, last), last);
  }

  #toggleTied() {
    this.#tied = !this.#tied && this.#tiers.length > 0;
    this.#show();
    announce(this.#tied ? `The next one ties with ${this.#tiers.at(-1).join(" and ")}` : this.#tiers.length > 0 ? "The next one does not tie" : "Nothing to tie with yet");
  }

  #send() {
    if (canSubmit(this.#tiers)) this.#context.judge(ranked(this.#tiers));
    else announce("Rank two answers or more first");
  }

  /** @param id the answer that was put somewhere, or taken back. */
  #set(tiers, id) {
    this.#tiers = tiers;
    this.#tied = false;
    this.#show();
    this.#context.changed();
    const at = tierOf(tiers, id);
    const others = at > 0 ? tiers[at - 1].filter(other => other !== id) : [];
    announce(at === 0 ? `Answer ${id} taken back` : `Answer ${id}, ${ordinal(at)}${others.length > 0 ? `, tied with ${others.join(" and ")}` : ""}`);
  }

  #show() {
    const { answers } = this.#context.task;
    for (const { id } of answers) this.#cards.mark(id, tierOf(this.#tiers, id) > 0 ? ordinal(tierOf(this.#tiers, id)) : null);
    const focused = this.#strip.contains(document.activeElement) ? document.activeElement.dataset.chip : null;
    const open = answers.filter(({ id }) => tierOf(this.#tiers, id) === 0);
    show(this.#strip,
      this.#tiers.flatMap((tier, index) => [this.#gap(index + 1, false), this.#tier(tier, index + 1)]), this.#gap(this.#tiers.length + 1, open.length > 0 && !this.#tied),
      open.length > 0 && target(h("span", { class: "unplaced" }, h("span", { class: "strip-label" }, "Not ranked"), open.map(({ id }) => this.#chip(id))), { at: 0 }));
    if (focused) this.#strip.querySelector(`[data-chip="${focused}"]`)?.focus();
    this.#submit.disabled = !canSubmit(this.#tiers);
    this.#tie.setAttribute("aria-pressed", String(this.#tied));
  }

  #tier(ids, at) {
    const isLast = at === this.#tiers.length;
    return target(h("span", { class: `tier${isLast && this.#tied ? " next" : ""}` }, h("span", { class: "strip-label" }, ordinal(at)),
      ids.map(id => this.#chip(id)), isLast && this.#tied && h("span", { class: "slot" }, "=")), { at, asNew: false });
  }

  /** Between two tiers: what is dropped there is a tier of its own. */
  #gap(at, isNext) {
    const between = at > 1 && at <= this.#tiers.length;
    return target(h("span", { class: `gap${isNext ? " next" : ""}`, "aria-hidden": "true" }, isNext ? ordinal(at) : between ? "›" : ""), { at, asNew: true });
  }

  #chip(id) {
    const at = tierOf(this.#tiers, id);
    return draggable(h("button", { type: "button", class: "chip", "data-chip": id, "aria-label": at > 0 ? `Answer ${id}, ${ordinal(at)}; take it back` : `Answer ${id}, not ranked; rank it next`, onclick: () => this.#context.act(() => this.#place(id)) }, key(id)), place => this.#drop(id, place));
  }

  #drop(id, { at, asNew }) {
    this.#context.act(() => this.#set(at === 0 ? without(this.#tiers, id) : move(this.#tiers, id, at, { asNew }), id));
  }
}

function ordinal(number) {
  return `${number}${["st", "nd", "rd"][number - 1] ?? "th"}`;
}
