/** Of a lease: a sign of the reader renews it at most so often. */
const RenewEvery = 1 / 3;

/** What a reader is told. */
export const AwayTexts = {
  away: "You were away for a while, so this task may go to somebody else. Go on reading to keep it.",
  lost: "You were away, and this task has gone to somebody else. You can still rank it: your ranking is kept, and counts as an extra one if theirs comes first.",
};

/** Keeps the task on the screen with its reader: a sign of the reader renews its lease, a page that nobody looks at gives none, so that the task goes to others when the lease ends. */
export class Lease {
  #renew;
  #on;
  #comparison = null;
  #seconds = 0;
  #renewedAt = 0;
  #isGoing = false;
  #end = 0;

  /** @param renew (comparison) → {held, leaseSeconds}; @param on called with "kept", "away" (it has run out, nobody may have it yet) or "lost". */
  constructor(renew, on) {
    this.#renew = renew;
    this.#on = on;
    document.addEventListener("visibilitychange", () => this.sign());
  }

  /** @param comparison now on the screen, or null; one that is there already goes on. @param seconds of a lease. */
  begin(comparison, seconds) {
    if (comparison === this.#comparison) return;
    this.#comparison = comparison;
    this.#on("kept");
    this.#goOn(seconds);
  }

  /** The reader does something. */
  async sign() {
    const comparison = this.#comparison;
    if (!comparison || this.#isGoing || document.hidden || performance.now() - this.#renewedAt < this.#seconds * 1000 * RenewEvery) return;
    this.#isGoing = true;
    try {
      const { held, leaseSeconds } = await this.#renew(comparison);
      if (comparison !== this.#comparison) return;
      this.#on(held ? "kept" : "lost");
      this.#goOn(leaseSeconds, held);
    } catch {
      // No connection, or the ranking was faster: the next sign asks again, but not each movement of a pointer.
      this.#renewedAt += 5000;
    } finally {
      this.#isGoing = false;
    }
  }

  #goOn(seconds, isHeld = true) {
    this.#seconds = seconds;
    this.#renewedAt = performance.now();
    clearTimeout(this.#end);
    if (this.#comparison && isHeld) this.#end = setTimeout(() => this.#on("away"), seconds * 1000);
  }
}
