const IdleAfter = 30_000;

/** Counts the time in which the page is visible and its reader active. */
export class ActivityClock {
  #active = 0;
  #countedTo = performance.now();
  #lastSign = performance.now();

  constructor() {
    for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"])
      addEventListener(sign, () => { this.#count(); this.#lastSign = performance.now(); }, { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => {
      // What went before counts as it was: visible until hidden, hidden until visible.
      if (document.hidden) this.#count();
      else this.#countedTo = this.#lastSign = performance.now();
    });
  }

  restart() {
    this.#active = 0;
    this.#countedTo = this.#lastSign = performance.now();
  }

  get seconds() {
    if (!document.hidden) this.#count();
    return this.#active / 1000;
  }

  #count() {
    const now = performance.now();
    const until = Math.min(now, this.#lastSign + IdleAfter);
    this.#active += Math.max(0, until - this.#countedTo);
    this.#countedTo = now;
  }
}
