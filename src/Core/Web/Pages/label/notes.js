import { h } from "../shared/dom.js";
import { action, sideName } from "./judging/controls.js";

const LongestComment = 2000;
const LongestAnswer = 4000;

/** A comment and an answer of one's own, both optional. They go with the judgement. */
export class Notes {
  #comment;
  #better;
  #open = { comment: false, better: false };

  /** @param given {comment, betterAnswer} of a draft or an earlier ranking. @param changed called when something was typed. */
  constructor(form, answers, given, changed) {
    this.#comment = form.comments && field("Comment", "What decided it, or what is wrong with the prompt", given.comment, LongestComment, 2, changed);
    this.#better = form.betterAnswers && field("Own answer", "The answer as it should have been", given.betterAnswer, LongestAnswer, 4, changed);
    this.element = h("div", { class: "notes", hidden: true },
      this.#better && h("div", { class: "note" }, this.#better, h("div", { class: "note-starts" }, h("span", { class: "muted small" }, "Start from"), answers.map((answer, index) => this.#startFrom(answer, index, answers.length === 2, changed)))),
      this.#comment && h("div", { class: "note" }, this.#comment));
    this.buttons = [this.#comment && action("Comment", "c", () => this.comment(), { class: "quiet" }), this.#better && action("Own answer", "e", () => this.better(), { class: "quiet" })];
    this.keys = { ...this.#comment ? { c: () => this.comment() } : {}, ...this.#better ? { e: () => this.better() } : {} };
    this.help = [...this.#comment ? [["c", "Comment"]] : [], ...this.#better ? [["e", "Write the answer as it should have been"]] : [], ...this.#comment || this.#better ? [["Esc", "Back from a text"]] : []];
    if (given.comment) this.#show("comment");
    if (given.betterAnswer) this.#show("better");
  }

  comment() {
    this.#show("comment");
    this.#comment.querySelector("textarea").focus();
  }

  better() {
    this.#show("better");
    this.#better.querySelector("textarea").focus();
  }

  /** {comment, betterAnswer}, without blanks around them. */
  get texts() {
    const text = element => element ? element.querySelector("textarea").value.trim() : "";
    return { comment: text(this.#comment), betterAnswer: text(this.#better) };
  }

  #show(which) {
    this.#open[which] = true;
    this.element.hidden = false;
    if (this.#comment) this.#comment.parentElement.hidden = !this.#open.comment;
    if (this.#better) this.#better.parentElement.hidden = !this.#open.better;
  }

  #startFrom(answer, index, pair, changed) {
    return h("button", { type: "button", class: "quiet small", onclick: () => {
      const area = this.#better.querySelector("textarea");
      area.value = answer.text;
      area.focus();
      changed();
    } }, pair ? sideName(index) : `answer ${answer.id}`);
  }
}

function field(label, placeholder, value, maxlength, rows, changed) {
  return h("label", {}, label, h("textarea", { placeholder, maxlength, rows, dir: "auto", oninput: changed }, value ?? ""));
}
