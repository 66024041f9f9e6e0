import { readJson, writeJson } from "../shared/storage.js";

const Kept = 20;
const BreakGap = 5 * 60_000;

/** How fast somebody judges, and when a break is due; kept in this browser. */
export class Pace {
  #key;
  #state;

  constructor(key) {
    this.#key = key;
    this.#state = readJson(key) ?? { latest: [], since: 0, at: 0 };
  }

  /** @param breakAfterMinutes null for never. @returns {boolean} whether a break is due. */
  add(seconds, breakAfterMinutes, now = Date.now()) {
    const rested = now - this.#state.at > BreakGap;
    this.#save({ latest: [...this.#state.latest, seconds].slice(-Kept), since: (rested ? 0 : this.#state.since) + seconds, at: now });
    return this.#state.since >= (breakAfterMinutes ?? Infinity) * 60;
  }

  restart() {
    this.#save({ ...this.#state, since: 0 });
  }

  /** Minutes of active time since the last break. */
  get minutes() {
    return Math.round(this.#state.since / 60);
  }

  /** Median of the latest, in seconds; null before there are three. */
  get seconds() {
    const sorted = [...this.#state.latest].sort((a, b) => a - b);
    return sorted.length < 3 ? null : sorted[Math.floor(sorted.length / 2)];
  }

  #save(state) {
    this.#state = state;
    writeJson(this.#key, state);
  }
}
