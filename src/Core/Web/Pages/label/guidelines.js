import { byId } from "../shared/dom.js";
import { read, write } from "../shared/storage.js";

/** The guidelines of one annotator's campaign, one key away. What is new and longer than its first line, which always shows, opens by itself once. */
export class Guidelines {
  #load;
  #seenKey;
  #seen = 0;
  #loaded;

  /** @param load () → the server's answer */
  constructor(load, seenKey) {
    this.#load = load;
    this.#seenKey = seenKey;
  }

  /** The whole answer: title, form, kind… */
  get loaded() {
    return this.#loaded;
  }

  get text() {
    return this.#loaded.guidelines;
  }

  get version() {
    return this.#loaded.version;
  }

  /** How tasks are judged may change while somebody works. */
  set form(form) {
    this.#loaded = { ...this.#loaded, form };
  }

  async load() {
    this.#loaded = await this.#load();
    byId("guidelines-text").textContent = this.text;
    byId("guidelines-version").textContent = `Version ${this.version}`;
    const seen = this.#seen || Number(read(this.#seenKey) ?? 0);
    if (seen < this.version && (this.text.includes("\n") || seen > 0)) this.open(seen > 0);
    write(this.#seenKey, String(this.#seen = this.version));
  }

  /** A task may know of newer ones. @returns whether they are read again. */
  async keepUp(version) {
    if (version <= this.version) return false;
    await this.load();
    return true;
  }

  open(haveChanged = false) {
    byId("guidelines-title").textContent = haveChanged ? "The guidelines have changed" : "Guidelines";
    if (!byId("guidelines").open) byId("guidelines").showModal();
  }
}
