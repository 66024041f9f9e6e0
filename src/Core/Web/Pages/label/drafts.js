import { readJson, writeJson } from "../shared/storage.js";

/** What is begun and not sent, by comparison: a reload loses nothing. Only the latest few are kept. */
export class Drafts {
  #key;
  #kept;

  constructor(key) {
    this.#key = key;
    this.#kept = readJson(key) ?? [];
  }

  find(comparison) {
    return this.#kept.find(draft => draft.comparison === comparison) ?? {};
  }

  keep(comparison, parts) {
    const draft = { ...this.find(comparison), ...parts, comparison };
    this.#save([draft, ...this.#others(comparison)].slice(0, 5));
  }

  drop(comparison) {
    if (this.find(comparison).comparison) this.#save(this.#others(comparison));
  }

  #others(comparison) {
    return this.#kept.filter(draft => draft.comparison !== comparison);
  }

  #save(kept) {
    this.#kept = kept;
    writeJson(this.#key, kept);
  }
}
