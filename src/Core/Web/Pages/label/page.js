import { byId } from "../shared/dom.js";
import { createApi } from "../shared/api.js";
import { ActivityClock } from "./activity.js";
import { announce } from "./announce.js";
import { scrollBy } from "./answers.js";
import { conversation } from "./conversation.js";
import { Drafts } from "./drafts.js";
import { Guidelines } from "./guidelines.js";
import { openJudging } from "./judging/index.js";
import { toRequest } from "./judgement.js";
import { listenToKeys, openSwitch, showKeys } from "./keys.js";
import { AwayTexts, Lease } from "./lease.js";
import { Notes } from "./notes.js";
import { proposeBreak, showSending } from "./notices.js";
import { Outbox } from "./outbox.js";
import { Pace } from "./pace.js";
import { showFeedback } from "./practice.js";
import { Session } from "./session.js";
import { createTasks } from "./tasks.js";
import { TextView } from "./text-view.js";
import { Undo } from "./undo.js";
import * as view from "./view.js";

/** A judgement this soon after a task appears was meant for the one before. */
const TooSoon = 300;
const ConnectionRetry = 3000;

const MessageTitles = { wait: "One moment", done: "All done for now", paused: "Paused", ended: "This campaign has ended", exhausted: "Nothing left for you", capReached: "Enough for today" };

/** Holds the parts together: a session brings tasks, a judging makes a judgement of one, the keys reach both. */
export class LabelPage {
  #session;
  #guidelines;
  #isOutdated = false;
  #outbox;
  #drafts;
  #pace;
  #name;
  #lease;
  #undo;
  #clock = new ActivityClock(() => this.#lease.sign());
  #texts = new TextView(() => this.#showTools());
  #progress = { mine: 0, today: 0, done: 0, total: 0 };
  #shown = null;
  #amending = null;
  #shownAt = 0;
  #practised = null;
  #keys = new AbortController();

  constructor(invite) {
    this.#name = `${invite.campaign}-${invite.annotator}`;
    const tasks = createTasks(createApi({ "X-Rlhf-Invite": invite.token }), invite.campaign);
    this.#outbox = new Outbox("rlhf-outbox", invite, item => tasks.rank(item), change => this.#onOutbox(change));
    this.#guidelines = new Guidelines(() => tasks.guidelines(), `rlhf-guidelines-${this.#name}`);
    this.#drafts = new Drafts(`rlhf-drafts-${this.#name}`);
    this.#session = new Session(tasks, this.#outbox, {
      task: task => { if (!this.#amending) this.#onTask(task); }, form: (form, templateVersion) => { this.#isOutdated = templateVersion !== this.#guidelines.loaded.templateVersion; this.#guidelines.form = form; }, ahead: task => this.#texts.prepare(task), nothing: next => this.#onNothing(next), progress: progress => this.#setProgress(progress),
      offline: () => { if (!this.#amending) view.showMessage("No connection", "What you ranked is kept. Trying again."); },
      failed: error => { this.#end(); view.showMessage(error.message, error.remedy); },
    });
    this.#undo = new Undo(() => this.#latest(), {
      item: (item, back) => this.#onUndo(item, back),
      end: back => view.showNotice("flash", back === 0 ? "There is nothing to undo yet." : "Undo goes no further back than this."),
      failed: error => view.showNotice("flash", `Undo did not work: ${error.message} ${error.remedy ?? ""}`, { bad: true }),
    });
    // A reload, or another task looked at meanwhile, takes no time away.
    addEventListener("pagehide", () => this.#keepTime());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#keepTime(); });
    this.#lease = new Lease(comparison => tasks.renew(comparison), state => this.#onLease(state));
    const judged = outcome => () => this.#act(() => this.#judge({ outcome }));
    this.actions = {
      bothBad: judged("bothBad"), skip: judged("skip"), amend: () => this.#amend(), back: () => this.#back(),
      formatted: () => this.#texts.toggle("formatted"), differences: () => this.#texts.toggle("differences"),
      guidelines: () => this.#guidelines.open(), keys: () => showKeys(this.#shown?.judging, this.#shown?.notes),
    };
  }

  async start() {
    byId("guidelines-button").onclick = this.actions.guidelines;
    byId("keys-button").onclick = this.actions.keys;
    byId("stop-button").onclick = () => this.#stop();
    view.showMessage("Loading");
    await this.#loadGuidelines();
    this.#pace = new Pace(`rlhf-pace-${this.#name}`);
    openSwitch();
    listenToKeys(key => this.#onKey(key), this.#keys.signal);
    this.#session.start();
  }

  get #form() {
    return this.#guidelines.loaded.form;
  }

  async #loadGuidelines() {
    try {
      await this.#guidelines.load();
    } catch (error) {
      if (!error.isTransient) throw error;
      view.showMessage("No connection", "Trying again.");
      await new Promise(resolve => setTimeout(resolve, ConnectionRetry));
      return this.#loadGuidelines();
    }
    const { title, kind, template } = this.#guidelines.loaded;
    if (template) {
      // Label Studio's editor is a page of its own; nothing more is to happen here.
      location.replace(`/label-studio${location.hash}`);
      return new Promise(() => {});
    }
    document.title = `${title} – rank answers`;
    byId("title").textContent = title + (kind === "person" ? "" : ` (${kind})`);
  }

  /** Null: the next one is not here yet. */
  #onTask(task) {
    // The owner has given the campaign a template meanwhile: what is on the screen is done, and the next task is its editor's.
    if (task && this.#isOutdated) return location.reload();
    this.#amending = null;
    this.#lease.begin(task?.comparison ?? null, this.#guidelines.loaded.leaseSeconds);
    if (!task) {
      this.#shown = null;
      view.showMessage("Loading the next one");
      return this.#session.start();
    }
    this.#present(task);
    announce(task.answers.length === 2 ? "Next pair" : `Next task, ${task.answers.length} answers`);
    this.#guidelines.keepUp(task.guidelines).catch(() => { /* The version that is shown goes with the ranking; the next task asks again. */ });
  }

  /** Said while the task is on the screen; the next one begins without it. */
  #onLease(state) {
    if (state === "away") this.#session.rest();
    else this.#session.wake();
    if (state === "kept" || this.#amending) return view.showNotice("lease", null);
    view.showNotice("lease", AwayTexts[state], state === "lost" ? { button: { label: "Take the next one", act: () => { this.#endUndo(); this.#session.giveBack(); } } } : {});
  }

  #onNothing(next) {
    if (this.#amending) return;
    this.#shown = null;
    view.showMessage(MessageTitles[next.status], `${next.reason ?? ""}${next.retryAfterSeconds ? "\nThis page looks again by itself." : ""}`,
      this.#progress.mine > 0 && next.status !== "ended" ? { label: "Change my last ranking", act: this.actions.amend } : null);
    announce(`${MessageTitles[next.status]}. ${next.reason ?? ""}`);
  }

  #present(task) {
    const earlier = this.#amending?.item ?? null;
    const draft = earlier ? {} : this.#drafts.find(task.comparison);
    const keep = () => { if (!this.#amending) this.#drafts.keep(task.comparison, { ...notes.texts, judging: judging.keep() }); };
    const notes = new Notes(this.#form, task.answers, earlier ?? draft, keep);
    const judging = openJudging({ task, form: this.#form, earlier, draft: draft.judging, judge: judgement => this.#judge(judgement), act: act => this.#act(act), changed: keep });
    const prompt = conversation(task.messages);
    this.#shown = { task, judging, notes };
    this.#texts.open(prompt.texts, judging.view);
    view.showTask({
      amending: this.#amending, guidelines: this.#guidelines.text, tools: this.#texts.tools(this.actions), conversation: prompt.element, judging, notes, pair: task.answers.length === 2,
    }, this.actions);
    view.showNotice("practice", task.practice ? "Practice: you will see what was expected. It counts for nothing else." : null);
    this.#shownAt = performance.now();
    this.#clock.restart(draft.seconds);
    view.showNotice("flash", null);
    scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }

  /** What the task on the screen has taken so far; an earlier ranking's time is added to by the server. */
  #keepTime() {
    if (this.#shown && !this.#amending) this.#drafts.keep(this.#shown.task.comparison, { seconds: this.#clock.seconds });
  }

  #showTools() {
    document.querySelector(".tools")?.replaceWith(this.#texts.tools(this.actions));
  }

  #onKey(key) {
    const { guidelines, keys, back, amend, formatted, differences, bothBad, skip } = this.actions;
    const always = { g: guidelines, "?": keys, u: amend };
    const shown = this.#shown && { Escape: back, m: formatted, d: differences, b: bothBad, s: skip, ...this.#shown.notes.keys };
    const act = always[key] ?? this.#shown?.judging.keys[key] ?? shown?.[key];
    if (act) (this.#shown?.judging.keys[key] === act ? this.#act(act) : act());
    else if (this.#shown && /^[1-9]$/.test(key)) this.#act(() => this.#shown.judging.digit(key));
    else if (this.#shown && /^(Arrow(Up|Down)|Page(Up|Down)| )$/.test(key)) scrollBy(this.#shown.judging.stage, key);
    else return false;
    return true;
  }

  /** What judges, unless it was meant for the task before. */
  #act(act) {
    if (this.#shown && performance.now() - this.#shownAt >= TooSoon) act();
  }

  #judge(judgement) {
    this.#endUndo();
    const { task, notes } = this.#shown;
    if (task.practice) this.#practised = task;
    const seconds = this.#clock.seconds;
    const request = toRequest(judgement, task, notes.texts, seconds, this.#guidelines.version, this.#amending?.item.revision);
    if (this.#amending) {
      this.#session.amend(task.comparison, request);
      return this.#onTask(this.#session.current);
    }
    // First of all the ranking is on its way; what is kept beside it comes after.
    this.#session.judge(request);
    this.#drafts.drop(task.comparison);
    const breakIsDue = this.#pace.add(seconds, this.#form.breakAfterMinutes);
    this.#setProgress({ ...this.#progress, mine: this.#progress.mine + 1, today: this.#progress.today + 1 });
    if (breakIsDue) proposeBreak(this.#pace.minutes, () => this.#pace.restart());
  }

  #amend() {
    if (this.#outbox.isEmpty || this.#amending) return this.#undo.press();
    view.showNotice("flash", "Undo comes as soon as your last ranking is through, unless you go on before.");
    this.#undo.press();
  }

  /** Practice was answered with what was expected: it can't be judged again. */
  async #latest() {
    return (await this.#session.latest()).filter(item => !item.task.practice);
  }

  #back() {
    this.#endUndo();
    if (this.#amending) this.#onTask(this.#session.current);
  }

  /** Somebody goes on: an undo that still waits would take what is being read away. */
  #endUndo() {
    if (this.#undo.isWaiting) view.showNotice("flash", null);
    this.#undo.end();
  }

  #onUndo(item, back) {
    this.#keepTime();
    this.#amending = { item, back };
    this.#present(item.task);
    announce("An earlier ranking; choose again, or press Escape to keep it.");
  }

  #onOutbox(change) {
    if (change.response?.feedback) showFeedback(this.#practised, change.response.feedback);
    showSending(change);
  }

  #setProgress(progress) {
    this.#progress = progress;
    view.showProgress(progress, this.#pace.seconds, this.#form.dailyCap ?? null);
  }

  async #stop() {
    this.#keepTime();
    const released = this.#session.stop();
    this.#end();
    view.showMessage("Thank you", "What was on the screen goes to somebody else. You can come back with the same link.", { label: "Go on", act: () => location.reload() });
    byId("main").focus({ preventScroll: true });
    announce("Thank you. You can come back with the same link.");
    await released;
  }

  /** Nothing is judged here any more: no task is held, no key means anything, and no notice speaks of a task. */
  #end() {
    this.#keys.abort();
    this.#undo.end();
    this.#amending = this.#shown = null;
    this.#lease.begin(null);
    for (const notice of ["lease", "practice", "break", "flash"]) view.showNotice(notice, null);
    document.querySelector(".top-actions").hidden = true;
  }
}
