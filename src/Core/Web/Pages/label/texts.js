import { h, show } from "../shared/dom.js";
import { loadMarkdown, toFragment } from "./markdown.js";

/** A text of a model or a person: as it is, formatted, or with what differs marked. Never markup of its own. */
export class TextBox {
  #text;

  constructor(text) {
    this.#text = text;
    this.element = h("div", { class: "text", dir: "auto" }, text);
  }

  get text() {
    return this.#text;
  }

  plain() {
    this.element.classList.remove("formatted");
    this.element.textContent = this.#text;
  }

  async formatted() {
    await loadMarkdown();
    this.element.classList.add("formatted");
    show(this.element, toFragment(this.#text));
  }

  /** @param parts as differences() gives them. */
  marked(parts) {
    this.element.classList.remove("formatted");
    show(this.element, parts.map(part => part.same ? part.text : h("mark", {}, part.text)));
  }
}
