import { byId } from "../shared/dom.js";
import { createApi } from "../shared/api.js";
import { ActivityClock } from "./activity.js";
import * as draft from "./draft.js";
import { listenToKeys, showKeys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { createTasks, readInvite } from "./tasks.js";
import * as view from "./view.js";

/** A judgement this soon after a task appears was meant for the one before. */
const TooSoon = 300;
const ConnectionRetry = 3;

const MessageTitles = { wait: "One moment", done: "All done for now", paused: "Paused", ended: "This campaign has ended", exhausted: "Nothing left for you" };

class LabelPage {
  #tasks;
  #outbox;
  #clock = new ActivityClock();
  #guidelines = { guidelines: "", title: "" };
  #progress = { mine: 0, done: 0, total: 0 };
  #current = null;
  #ahead = null;
  #fetching = null;
  #amending = null;
  #tiers = [];
  #tied = false;
  #shownAt = 0;
  #retry = 0;
  #stopped = false;

  constructor(invite) {
    this.#tasks = createTasks(createApi({ "X-Rlhf-Invite": invite.token }), invite.campaign);
    this.#outbox = new Outbox(`rlhf-outbox-${invite.campaign}-${invite.annotator}`, item => this.#tasks.rank(item), change => this.#onOutbox(change));
    this.actions = {
      choose: id => this.#choose(id),
      tie: () => this.#judge(draft.tie(this.#shown?.answers ?? [])),
      tieKey: () => this.#isPair ? this.actions.tie() : this.actions.toggleTied(),
      toggleTied: () => { this.#tied = !this.#tied; this.#render(); },
      bothBad: () => this.#judge({ outcome: "bothBad" }),
      skip: () => this.#judge({ outcome: "skip" }),
      submit: () => { if (!this.#isPair && draft.canSubmit(this.#tiers)) this.#judge(draft.ranked(this.#tiers)); },
      undo: () => this.#undo(),
      back: () => { if (this.#amending) this.#showCurrent(); },
      guidelines: () => byId("guidelines").showModal(),
      keys: () => showKeys(this.#isPair),
    };
  }

  async start() {
    listenToKeys(this.actions);
    byId("guidelines-button").onclick = this.actions.guidelines;
    byId("keys-button").onclick = this.actions.keys;
    byId("stop-button").onclick = () => this.#stop();
    addEventListener("pagehide", () => { if (this.#ahead) this.#tasks.release(this.#ahead.comparison).catch(() => {}); });
    addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
    view.showMessage("Loading");
    await this.#loadGuidelines();
    this.#continue();
  }

  get #shown() {
    return this.#amending?.item.task ?? this.#current;
  }

  get #isPair() {
    return (this.#shown?.answers.length ?? 2) === 2;
  }

  async #loadGuidelines() {
    try {
      this.#guidelines = await this.#tasks.guidelines();
    } catch (error) {
      if (!error.isTransient) throw error;
      view.showMessage("No connection", "Trying again.");
      await new Promise(resolve => setTimeout(resolve, ConnectionRetry * 1000));
      return this.#loadGuidelines();
    }
    if (this.#guidelines.template) {
      this.#stopped = true;
      return location.replace(`/label-studio${location.hash}`);
    }
    document.title = `${this.#guidelines.title} – rank answers`;
    byId("title").textContent = this.#guidelines.title + (this.#guidelines.kind === "person" ? "" : ` (${this.#guidelines.kind})`);
    byId("guidelines-text").textContent = this.#guidelines.guidelines;
  }

  /** Shows the task fetched ahead, or asks for one. */
  #continue() {
    if (this.#stopped) return;
    clearTimeout(this.#retry);
    this.#current = this.#ahead;
    this.#ahead = null;
    if (this.#current) this.#showCurrent();
    else view.showMessage("Loading the next pair");
    this.#fetch();
  }

  /** Rankings first: the server counts what is on the screen, and an unsent ranking would still be there. */
  #fetch() {
    this.#fetching ??= this.#fetchOnce().finally(() => { this.#fetching = null; });
  }

  async #fetchOnce() {
    try {
      // One more may be judged while this waits, so the loop asks until one is shown and one is ahead.
      while (!this.#stopped && !(this.#current && this.#ahead)) {
        await this.#outbox.flush();
        const next = await this.#tasks.next(this.#current?.comparison);
        this.#setProgress(next.progress);
        if (next.status !== "task") return this.#onNothing(next);
        this.#take(next.task);
      }
    } catch (error) {
      this.#onFetchFailed(error);
    }
  }

  #take(task) {
    if (this.#stopped) return this.#tasks.release(task.comparison).catch(() => {});
    if (task.comparison === this.#current?.comparison) return;
    if (this.#current) this.#ahead = task;
    else {
      this.#current = task;
      if (!this.#amending) this.#showCurrent();
    }
  }

  #onNothing(next) {
    const seconds = next.retryAfterSeconds;
    if (!this.#current && !this.#amending) {
      view.showMessage(MessageTitles[next.status], `${next.reason ?? ""}${seconds ? "\nThis page looks again by itself." : ""}`,
        this.#progress.mine > 0 && next.status !== "ended" ? { label: "Change my last ranking", act: this.actions.undo } : null);
      view.announce(`${MessageTitles[next.status]}. ${next.reason ?? ""}`);
    }
    if (seconds) this.#lookAgainIn(seconds);
  }

  #onFetchFailed(error) {
    if (error.isTransient || error.code === "too-many-held") {
      if (!this.#current && !this.#amending) view.showMessage("No connection", "What you ranked is kept. Trying again.");
      return this.#lookAgainIn(ConnectionRetry);
    }
    this.#stopped = true;
    view.showMessage(error.message, error.remedy);
  }

  #lookAgainIn(seconds) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#fetch(), seconds * 1000);
  }

  #showCurrent() {
    this.#amending = null;
    if (!this.#current) return this.#continue();
    this.#present([]);
    view.announce("Next pair");
  }

  #present(tiers) {
    this.#tiers = tiers;
    this.#tied = false;
    this.#shownAt = performance.now();
    this.#clock.restart();
    view.showNotice("flash", null);
    this.#render();
    scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }

  #render() {
    view.showTask({ task: this.#shown, tiers: this.#tiers, tied: this.#tied, amending: this.#amending, guidelines: this.#guidelines.guidelines }, this.actions);
  }

  #choose(id) {
    if (!this.#shown?.answers.some(answer => answer.id === id)) return;
    if (this.#isPair) return this.#judge(draft.better(this.#shown.answers, id));
    this.#tiers = draft.place(this.#tiers, id, this.#tied);
    this.#tied = false;
    this.#render();
  }

  #judge(judgement) {
    const task = this.#shown;
    if (!task || performance.now() - this.#shownAt < TooSoon) return;
    const request = draft.toRequest(judgement, task, this.#clock.seconds, this.#amending?.item.revision);
    this.#outbox.add({ comparison: task.comparison, request });
    if (this.#amending) return this.#showCurrent();
    this.#setProgress({ ...this.#progress, mine: this.#progress.mine + 1 });
    this.#continue();
  }

  async #undo() {
    if (!this.#outbox.isEmpty) view.showNotice("flash", "Undo comes as soon as your last ranking is through.");
    const back = (this.#amending?.back ?? 0) + 1;
    try {
      await this.#outbox.flush();
      const { rankings } = await this.#tasks.mine();
      const item = rankings[back - 1];
      if (!item) return view.showNotice("flash", back === 1 ? "There is nothing to undo yet." : "Undo goes no further back than this.");
      this.#amending = { item, back };
      this.#present(item.tiers);
      view.announce("An earlier ranking; choose again, or press Escape to keep it.");
    } catch (error) {
      view.showNotice("flash", `Undo did not work: ${error.message} ${error.remedy ?? ""}`, true);
    }
  }

  #onOutbox({ waiting, failing, refused }) {
    const one = waiting === 1;
    view.showNotice("outbox", failing ? `${waiting} ranking${one ? " is" : "s are"} not sent yet. ${one ? "It is" : "They are"} kept in this browser and sent as soon as the connection is back.` : null);
    if (refused) view.showNotice("flash", `The last ranking was not taken: ${refused.message} ${refused.remedy ?? ""}`, true);
  }

  #setProgress(progress) {
    this.#progress = progress;
    view.showProgress(progress);
  }

  async #stop() {
    this.#stopped = true;
    clearTimeout(this.#retry);
    const held = [this.#current, this.#ahead].filter(task => task !== null);
    this.#current = this.#ahead = this.#amending = null;
    view.showMessage("Thank you", "What was on the screen goes to somebody else. You can come back with the same link.", { label: "Go on", act: () => location.reload() });
    await this.#outbox.flush();
    await Promise.allSettled(held.map(task => this.#tasks.release(task.comparison)));
  }
}

const invite = readInvite(location.hash);
addEventListener("hashchange", () => location.reload());
if (!invite) view.showMessage("This link is not complete", "Open the form with the whole link that you were sent; it ends in a long code after #.");
else new LabelPage(invite).start().catch(error => view.showMessage(error.message, error.remedy));
