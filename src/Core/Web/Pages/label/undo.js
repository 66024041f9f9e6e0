/** Goes back through one's own rankings: each press one further, however many come before the first answer does. */
export class Undo {
  #load;
  #on;
  #asked = null;
  #items = null;
  #back = 0;

  /** @param load () → rankings, newest first. @param on {item(item, back), end(back): undo goes no further than so many back, failed(error)} */
  constructor(load, on) {
    this.#load = load;
    this.#on = on;
  }

  /** Whether a press waits for its answer. */
  get isWaiting() {
    return this.#asked !== null;
  }

  async press() {
    this.#back++;
    if (this.#items) return this.#show();
    if (this.#asked) return;
    const asked = this.#asked = {};
    try {
      const items = await this.#load();
      if (asked !== this.#asked) return;
      this.#asked = null;
      this.#items = items;
      this.#show();
    } catch (error) {
      if (asked !== this.#asked) return;
      this.end();
      this.#on.failed(error);
    }
  }

  /** Somebody judged, or went on: what is still awaited is not wanted any more. */
  end() {
    this.#asked = this.#items = null;
    this.#back = 0;
  }

  #show() {
    const [wanted, count] = [this.#back, this.#items.length];
    this.#back = Math.min(wanted, count);
    if (count === 0) this.end();
    else this.#on.item(this.#items[this.#back - 1], this.#back);
    if (wanted > count) this.#on.end(count);
  }
}
