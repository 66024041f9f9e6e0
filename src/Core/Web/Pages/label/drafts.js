/** What is begun and not sent, by comparison: a reload loses nothing. Only the latest few are kept. */
export class Drafts {
  #key;
  #kept;

  constructor(key) {
    this.#key = key;
    this.#kept = JSON.parse(localStorage.getItem(key) ?? "[]");
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
    localStorage.setItem(this.#key, JSON.stringify(kept));
  }
}
