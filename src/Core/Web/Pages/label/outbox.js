import { names, readJson, remove, writeJson } from "../shared/storage.js";

const FirstRetry = 1000;
const LongestRetry = 15_000;

/** What followed campaign and annotator in the names that were used first, joined by hyphens: ids have hyphens too, so only a whole name may be somebody's. */
const OldRest = /^\d{13}-[a-z0-9]{0,8}$/;

/** Rankings on their way. Kept in this browser until the server has them, over reloads, lost connections and windows side by side; sent in order. A browser that keeps nothing still sends what is in memory. */
export class Outbox {
  #prefix;
  #oldPrefix;
  #send;
  #onChange;
  #items;
  #last = 0;
  #running = null;
  #failing = false;
  #wake = () => {};

  /** @param send (item) → response; @param onChange called with {waiting, failing, kept} whenever that changes, with {refused} when the server won't take one, with {response, item} when it has; kept says whether a reload loses none. */
  constructor(kind, { campaign, annotator }, send, onChange) {
    // No id has a colon: the rankings of "anna" are none of "anna-2".
    this.#prefix = `${kind}:${campaign}:${annotator}:`;
    this.#oldPrefix = `${kind}-${campaign}-${annotator}-`;
    this.#send = send;
    this.#onChange = onChange;
    this.#items = this.#kept();
    addEventListener("online", () => this.#wake());
    // What is kept may be all the same: nobody may open this browser again.
    addEventListener("beforeunload", event => { if (this.#failing || !this.#areKept) event.preventDefault(); });
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  add(item) {
    // Each under a name of its own, which sorts by time: windows side by side don't overwrite each other's.
    this.#last = Math.max(Date.now(), this.#last + 1);
    const name = `${this.#prefix}${this.#last}-${Math.random().toString(36).slice(2, 10)}`;
    this.#items.push({ name, item, isKept: writeJson(name, item) });
    return this.flush();
  }

  /** Resolves once nothing is left. */
  flush() {
    this.#running ??= this.#run().finally(() => { this.#running = null; });
    return this.#running;
  }

  async #run() {
    let delay = FirstRetry;
    while (this.#items.length > 0) {
      const { item, isOld } = this.#items[0];
      try {
        const response = await this.#send(item);
        this.#drop();
        delay = FirstRetry;
        this.#tell(false, { response, item });
      } catch (error) {
        if (!error.isTransient) {
          // One that was not served to this annotator is somebody else's, who may open this browser yet.
          const isOthers = isOld && error.code === "not-served";
          if (isOthers) this.#items.shift();
          else this.#drop();
          this.#tell(false, isOthers ? {} : { refused: error });
          continue;
        }
        this.#tell(true);
        await this.#pause(delay);
        delay = Math.min(delay * 2, LongestRetry);
      }
    }
  }

  #tell(failing, what = {}) {
    this.#failing = failing;
    this.#onChange({ waiting: this.#items.length, failing, kept: this.#areKept, ...what });
  }

  get #areKept() {
    return this.#items.every(kept => kept.isKept);
  }

  #pause(delay) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  #drop() {
    const { name } = this.#items.shift();
    remove(name);
  }

  /** Oldest first, whichever way they are named. */
  #kept() {
    const ours = names().flatMap(name => {
      if (name.startsWith(this.#prefix)) return { name, at: name.slice(this.#prefix.length), isOld: false };
      const rest = name.startsWith(this.#oldPrefix) ? name.slice(this.#oldPrefix.length) : "";
      return OldRest.test(rest) ? { name, at: rest, isOld: true } : [];
    });
    return ours.sort((a, b) => a.at < b.at ? -1 : 1).map(({ name, isOld }) => ({ name, isOld, isKept: true, item: readJson(name) })).filter(({ item }) => item !== null);
  }
}
