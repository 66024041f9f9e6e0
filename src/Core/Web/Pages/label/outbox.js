const FirstRetry = 1000;
const LongestRetry = 15_000;

/** Rankings on their way. Kept in this browser until the server has them, over reloads, lost connections and windows side by side; sent in order. */
export class Outbox {
  #prefix;
  #send;
  #onChange;
  #items;
  #last = 0;
  #running = null;
  #failing = false;
  #wake = () => {};

  /** @param send (item) → response; @param onChange called with {waiting, failing} whenever that changes, with {refused} when the server won't take one, with {response, item} when it has. */
  constructor(name, send, onChange) {
    this.#prefix = `${name}-`;
    this.#send = send;
    this.#onChange = onChange;
    this.#items = this.#kept();
    addEventListener("online", () => this.#wake());
    // They are kept, but nobody may open this browser again.
    addEventListener("beforeunload", event => { if (this.#failing) event.preventDefault(); });
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  add(item) {
    // Each under a name of its own, which sorts by time: windows side by side don't overwrite each other's.
    this.#last = Math.max(Date.now(), this.#last + 1);
    const kept = { name: `${this.#prefix}${this.#last}-${Math.random().toString(36).slice(2, 10)}`, item };
    this.#items.push(kept);
    attempt(() => localStorage.setItem(kept.name, JSON.stringify(item)));
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
      const { item } = this.#items[0];
      try {
        const response = await this.#send(item);
        this.#drop();
        this.#failing = false;
        delay = FirstRetry;
        this.#onChange({ waiting: this.#items.length, failing: false, response, item });
      } catch (error) {
        if (!error.isTransient) {
          this.#drop();
          this.#failing = false;
          this.#onChange({ waiting: this.#items.length, failing: false, refused: error });
          continue;
        }
        this.#failing = true;
        this.#onChange({ waiting: this.#items.length, failing: true });
        await this.#pause(delay);
        delay = Math.min(delay * 2, LongestRetry);
      }
    }
  }

  #pause(delay) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  #drop() {
    const { name } = this.#items.shift();
    attempt(() => localStorage.removeItem(name));
  }

  #kept() {
    const names = Object.keys(localStorage).filter(name => name.startsWith(this.#prefix)).sort();
    return names.map(name => ({ name, item: JSON.parse(localStorage.getItem(name)) }));
  }
}

/** A browser that keeps nothing (full, or forbidden) still sends what is in memory. */
function attempt(act) {
  try {
    act();
  } catch (error) {
    console.warn("This browser can't keep rankings over a reload.", error);
  }
}
