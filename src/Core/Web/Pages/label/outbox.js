const FirstRetry = 1000;
const LongestRetry = 15_000;

/** Rankings on their way. Kept in this browser until the server has them, over reloads and lost connections, sent in order. */
export class Outbox {
  #key;
  #send;
  #onChange;
  #items;
  #running = null;
  #wake = () => {};

  /** @param send (item) → response; @param onChange called with {waiting, failing} whenever that changes, and with {refused} when the server won't take one. */
  constructor(key, send, onChange) {
    this.#key = key;
    this.#send = send;
    this.#onChange = onChange;
    this.#items = JSON.parse(localStorage.getItem(key) ?? "[]");
    addEventListener("online", () => this.#wake());
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  add(item) {
    this.#items.push(item);
    this.#save();
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
      try {
        await this.#send(this.#items[0]);
        this.#drop();
        delay = FirstRetry;
        this.#onChange({ waiting: this.#items.length, failing: false });
      } catch (error) {
        if (!error.isTransient) {
          this.#drop();
          this.#onChange({ waiting: this.#items.length, failing: false, refused: error });
          continue;
        }
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
    this.#items.shift();
    this.#save();
  }

  #save() {
    localStorage.setItem(this.#key, JSON.stringify(this.#items));
  }
}
