import { h } from "../../shared/dom.js";
import { announce } from "../announce.js";
import { action } from "./controls.js";

/** `p` and a number put an answer beside another one; `p` twice puts all back. */
export class Pins {
  #cards;
  #armed = false;
  #button;

  constructor(cards) {
    this.#cards = cards;
    this.#button = action("Pin", "p", () => this.arm(), { class: "quiet", "aria-pressed": "false", title: "Put two answers side by side: p, then their numbers" });
    this.element = h("div", { class: "pins" }, this.#button);
  }

  arm() {
    if (this.#armed) this.#cards.unpin();
    else announce("Pin: press the numbers of two answers");
    this.#set(!this.#armed);
  }

  /** @returns whether the number was meant for pinning. */
  take(id) {
    if (!this.#armed) return false;
    this.#cards.togglePin(id);
    if (this.#cards.pinned.length === 2) this.#set(false);
    return true;
  }

  #set(armed) {
    this.#armed = armed;
    this.#button.setAttribute("aria-pressed", String(armed));
  }
}

export const PinHelp = [["p then 1 to 9", "Pin an answer, then another: two side by side"], ["p p", "Unpin all"]];
