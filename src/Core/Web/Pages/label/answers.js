import { h } from "../shared/dom.js";
import { announce } from "./announce.js";
import { differences } from "./diff.js";
import { TextBox } from "./texts.js";

/** The answers side by side in one region, so that long ones scroll together. */
export class AnswerCards {
  #cards = new Map();
  #pinned = [];
  #view = { formatted: false, differences: false };

  /** Told when other answers are pinned. */
  onPinned = () => {};

  /** @param names heads of the cards, in order; @param on {choose(id), pins}: without choose a click means nothing; pins says whether answers can be pinned. */
  constructor(answers, names, on) {
    this.element = h("section", { class: `answers of-${answers.length}`, "aria-label": "Answers", tabindex: "0" },
      answers.map((answer, index) => this.#card(answer, names[index], on)));
  }

  /** What stands on a card: its place so far, or nothing. @param kind "chosen", "best", "worst" */
  mark(id, label, kind = "chosen") {
    const { element, badge } = this.#cards.get(id);
    element.classList.remove("chosen", "best", "worst");
    if (label) element.classList.add("chosen", kind);
    badge.textContent = label ?? "";
    badge.hidden = !label;
  }

  /** Puts an answer beside another one, or takes it away; a third takes the place of the older one. */
  togglePin(id) {
    if (!this.#cards.has(id)) return;
    this.#pinned = this.#pinned.includes(id) ? this.#pinned.filter(other => other !== id) : [...this.#pinned, id].slice(-2);
    this.#layOut();
    announce(this.#pinned.length === 0 ? "Nothing is pinned" : `Pinned ${this.#pinned.join(" and ")}`);
  }

  unpin() {
    this.#pinned = [];
    this.#layOut();
    announce("Nothing is pinned");
  }

  get pinned() {
    return this.#pinned;
  }

  async show(view) {
    this.#view = view;
    const two = this.#compared();
    for (const { box } of this.#cards.values())
      if (!two || !two.includes(box)) await (view.formatted && !view.differences ? box.formatted() : box.plain());
    if (!two) return;
    const parts = differences(two[0].text, two[1].text);
    two.forEach((box, index) => box.marked(parts[index]));
  }

  /** Whether there are two answers whose differences can be shown. */
  get canCompare() {
    return this.#cards.size === 2 || this.#pinned.length === 2;
  }

  #compared() {
    if (!this.#view.differences || !this.canCompare) return null;
    return [...this.#cards.entries()].filter(([id]) => this.#cards.size === 2 || this.#pinned.includes(id)).map(([, card]) => card.box);
  }

  #layOut() {
    this.element.classList.toggle("pinned", this.#pinned.length > 0);
    for (const [id, { element, pin }] of this.#cards) {
      const isPinned = this.#pinned.includes(id);
      element.classList.toggle("pin", isPinned);
      pin?.setAttribute("aria-pressed", String(isPinned));
    }
    this.element.scrollTop = 0;
    this.show(this.#view);
    this.onPinned();
  }

  #card(answer, name, on) {
    const box = new TextBox(answer.text);
    const badge = h("span", { class: "badge-place", hidden: true });
    const pin = on.pins && h("button", { type: "button", class: "quiet pin-button", "aria-pressed": "false", onclick: event => { event.stopPropagation(); this.togglePin(answer.id); } },
      "Pin", h("span", { class: "hidden-visually" }, ` answer ${answer.id} beside another`));
    let hadMarked = false;
    const marked = () => String(getSelection()) !== "";
    const element = h("article", {
      class: `answer${on.choose ? " choosable" : ""}`, "data-answer": answer.id, "aria-label": `Answer ${answer.id}`,
      // Marking text to read it closely is no choice, nor is the click that takes the mark away.
      onpointerdown: on.choose && (() => { hadMarked = marked(); }),
      onclick: on.choose && (() => { if (!hadMarked && !marked()) on.choose(answer.id); }),
    },
    h("header", { class: "answer-head" }, name, badge, answer.cutOff && h("span", { class: "cut-off" }, "Cut off at the length limit"), pin), box.element);
    this.#cards.set(answer.id, { element, box, badge, pin });
    return element;
  }
}

/** A scrolling region by keys, without its having the focus. */
export function scrollBy(element, key) {
  const step = { ArrowDown: 60, ArrowUp: -60, PageDown: element.clientHeight * 0.85, PageUp: -element.clientHeight * 0.85, " ": element.clientHeight * 0.85 }[key];
  const inner = element.scrollHeight > element.clientHeight + 1 ? element : document.scrollingElement;
  inner.scrollBy({ top: step });
}
