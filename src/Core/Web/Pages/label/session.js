const ConnectionRetry = 3;

/** Where tasks come from and judgements go: one task on the screen, at most one fetched ahead. Knows nothing of how a task is shown or judged. */
export class Session {
  #tasks;
  #outbox;
  #on;
  #current = null;
  #ahead = null;
  #fetching = null;
  #retry = 0;
  #stopped = false;
  #isResting = false;

  /** @param on {task(task), form(form, templateVersion), ahead(task), nothing(next), progress(progress), offline(), failed(error)} nothing and offline are told only while no task is on the screen. */
  constructor(tasks, outbox, on) {
    this.#tasks = tasks;
    this.#outbox = outbox;
    this.#on = on;
    addEventListener("pagehide", () => { if (this.#ahead) tasks.release(this.#ahead.comparison).catch(() => {}); });
    addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
  }

  get current() {
    return this.#current;
  }

  /** Asks for what is missing now. */
  start() {
    this.#fetch();
  }

  /** Sends the judgement of the task on the screen; the one fetched ahead takes its place at once. */
  judge(request) {
    this.#outbox.add({ comparison: this.#current.comparison, request });
    this.#goOn();
  }

  /** Nobody is there: what is on the screen goes to others, so nothing is asked for that would keep it here. */
  rest() {
    this.#isResting = true;
    clearTimeout(this.#retry);
  }

  /** Somebody is there again. */
  wake() {
    if (!this.#isResting) return;
    this.#isResting = false;
    this.#fetch();
  }

  /** Gives the task on the screen to somebody else and goes on with the next one. */
  giveBack() {
    if (!this.#current) return;
    this.#tasks.release(this.#current.comparison).catch(() => { /* Its lease ends by itself. */ });
    this.#goOn();
  }

  amend(comparison, request) {
    this.#outbox.add({ comparison, request });
  }

  /** One's own latest rankings with their tasks, newest first, once all are through. */
  async latest() {
    await this.#outbox.flush();
    return (await this.#tasks.mine()).rankings;
  }

  /** Gives back what is in hand. */
  async stop() {
    this.#stopped = true;
    clearTimeout(this.#retry);
    const held = [this.#current, this.#ahead].filter(task => task !== null);
    this.#current = this.#ahead = null;
    await this.#outbox.flush();
    await Promise.allSettled(held.map(task => this.#tasks.release(task.comparison)));
  }

  #goOn() {
    clearTimeout(this.#retry);
    this.#current = this.#ahead;
    this.#ahead = null;
    this.#on.task(this.#current);
    this.#fetch();
  }

  #fetch() {
    this.#fetching ??= this.#fetchAll().finally(() => { this.#fetching = null; });
  }

  async #fetchAll() {
    try {
      // One more may be judged while this waits, so the loop asks until one is shown and one is ahead.
      while (!this.#stopped && !(this.#current && this.#ahead)) {
        // Rankings first: the server counts what is on the screen, and an unsent ranking would still be there.
        await this.#outbox.flush();
        const next = await this.#tasks.next(this.#current?.comparison);
        if (this.#stopped) return this.#decline(next.task);
        this.#on.progress(next.progress);
        if (next.status !== "task") return this.#nothing(next);
        this.#on.form(next.form, next.templateVersion);
        this.#take(next.task);
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  #take(task) {
    if (task.comparison === this.#current?.comparison) return;
    if (this.#current) this.#on.ahead(this.#ahead = task);
    else this.#on.task(this.#current = task);
  }

  /** What came after stopping goes back. */
  #decline(task) {
    if (task) this.#tasks.release(task.comparison).catch(() => { /* Its lease ends by itself. */ });
  }

  #nothing(next) {
    if (!this.#current) this.#on.nothing(next);
    if (next.retryAfterSeconds) this.#lookAgainIn(next.retryAfterSeconds);
  }

  #failed(error) {
    if (this.#stopped) return;
    if (!error.isTransient && error.code !== "too-many-held") {
      this.#stopped = true;
      return this.#on.failed(error);
    }
    if (!this.#current) this.#on.offline();
    this.#lookAgainIn(ConnectionRetry);
  }

  #lookAgainIn(seconds) {
    clearTimeout(this.#retry);
    if (!this.#isResting && !this.#stopped) this.#retry = setTimeout(() => this.#fetch(), seconds * 1000);
  }
}
