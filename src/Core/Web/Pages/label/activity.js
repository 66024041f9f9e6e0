const IdleAfter = 30_000;

/** Counts the time in which the page is visible and its reader active; none while a dialog is open. */
export class ActivityClock {
  #active = 0;
  #countedTo = performance.now();
  #lastSign = performance.now();

  /** @param onSign called with each sign of the reader. */
  constructor(onSign = () => {}) {
    for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"])
      addEventListener(sign, () => { this.#count(); this.#lastSign = performance.now(); onSign(); }, { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => {
      // What went before counts as it was: visible until hidden, hidden until visible.
      if (document.hidden) this.#count();
      else this.#goOn();
    });
    addEventListener("beforetoggle", event => { if (event.newState === "open") this.#count(); else this.#skip(); }, { capture: true });
  }

  /** @param seconds of the same task that were counted before. */
  restart(seconds = 0) {
    this.#active = seconds * 1000;
    this.#goOn();
  }

  get seconds() {
    if (!document.hidden) this.#count();
    return this.#active / 1000;
  }

  #goOn() {
    this.#countedTo = this.#lastSign = performance.now();
  }

  /** What was since the last count is not active time. */
  #skip() {
    this.#countedTo = performance.now();
  }

  #count() {
    if (document.querySelector("dialog[open]")) return this.#skip();
    const now = performance.now();
    const until = Math.min(now, this.#lastSign + IdleAfter);
    this.#active += Math.max(0, until - this.#countedTo);
    this.#countedTo = now;
  }
}
