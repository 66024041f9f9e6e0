import { read, write } from "../shared/storage.js";
import { announce } from "./announce.js";
import { prepare } from "./markdown.js";
import { viewTools } from "./view.js";

const Key = "rlhf-formatted";

/** Safari has no idle callbacks. */
const soon = globalThis.requestIdleCallback ?? (act => setTimeout(act, 50));

/** How texts are read: as written or formatted, which is remembered, and with differences marked, which is not. */
export class TextView {
  #view = { formatted: read(Key) === "yes", differences: false };
  #prompt = [];
  #answers = null;
  #changed;

  /** @param changed called when the tools look different. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param answers an AnswerCards, or null. */
  open(prompt, answers) {
    [this.#prompt, this.#answers] = [prompt, answers];
    if (answers) answers.onPinned = () => this.#changed();
    if (this.#view.formatted || this.#view.differences) this.#show();
  }

  /** Formats the texts of the task fetched ahead while nobody waits for them. */
  prepare(task) {
    if (!this.#view.formatted) return;
    const texts = [...task.messages.map(message => message.content), ...task.answers.map(answer => answer.text)];
    for (const text of texts) soon(() => prepare(text));
  }

  toggle(name) {
    if (!this.#answers) return;
    if (name === "differences" && !this.#answers.canCompare) return announce("Pin two answers to compare them");
    this.#view = { ...this.#view, [name]: !this.#view[name] };
    write(Key, this.#view.formatted ? "yes" : "no");
    this.#show();
    this.#changed();
    announce(name === "formatted" ? (this.#view.formatted ? "Formatted text" : "Text as written") : this.#view.differences ? "Differences are marked" : "Differences are not marked");
  }

  tools(actions) {
    return viewTools(this.#view, this.#answers?.canCompare ?? false, actions);
  }

  #show() {
    for (const text of this.#prompt) this.#view.formatted ? text.formatted() : text.plain();
    this.#answers?.show(this.#view);
  }
}
