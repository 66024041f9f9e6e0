import { byId, h, setBar, show } from "../shared/dom.js";
import { createApi } from "../shared/api.js";
import { ActivityClock } from "../label/activity.js";
import { AwayTexts, Lease } from "../label/lease.js";
import { Outbox } from "../label/outbox.js";
import { createTasks, readInvite } from "../label/tasks.js";
import { Editor } from "./editor.js";
import { toData, toResult } from "./task.js";

const ConnectionRetry = 3;

const MessageTitles = { wait: "One moment", done: "All done for now", paused: "Paused", ended: "This campaign has ended", exhausted: "Nothing left for you", capReached: "Enough for today" };

/** Labels a campaign in Label Studio's editor: fetches a task, shows it, sends what came of it. */
class StudioPage {
  #api;
  #base;
  #tasks;
  #outbox;
  #editor;
  #lease;
  #clock = new ActivityClock(() => this.#lease.sign());
  #template;
  #templateVersion;
  #version;
  #leaseSeconds;
  #current = null;
  #amending = null;
  #retry = 0;
  #stopped = false;

  constructor(invite) {
    this.#api = createApi({ "X-Rlhf-Invite": invite.token });
    this.#base = `/api/campaigns/${invite.campaign}`;
    this.#tasks = createTasks(this.#api, invite.campaign);
    this.#lease = new Lease(comparison => this.#tasks.renew(comparison), state => notice("lease", this.#amending ? null : AwayTexts[state]));
    this.#outbox = new Outbox("rlhf-studio", invite, item => this.#send(item), change => this.#onOutbox(change));
    this.#editor = new Editor(byId("editor"), {
      submitted: result => this.#judge({ result }),
      skipped: () => this.#judge({ skip: true }),
      active: () => dispatchEvent(new Event("pointermove")),
      failed: message => say("The editor can't show this task", message),
    });
  }

  async start() {
    byId("undo-button").onclick = () => this.#undo();
    byId("guidelines-button").onclick = () => byId("guidelines").showModal();
    byId("stop-button").onclick = () => this.#stop();
    addEventListener("pagehide", () => { if (this.#current) this.#tasks.release(this.#current.comparison).catch(() => {}); });
    addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
    say("Loading");
    const guidelines = await this.#patiently(() => this.#tasks.guidelines());
    if (!guidelines.template) return location.replace(`/label${location.hash}`);
    this.#template = guidelines.template;
    this.#templateVersion = guidelines.templateVersion;
    this.#version = guidelines.version;
    this.#leaseSeconds = guidelines.leaseSeconds;
    document.title = `${guidelines.title} – label answers`;
    byId("title").textContent = guidelines.title;
    byId("guidelines-text").textContent = guidelines.guidelines;
    // The frame loads only where it is shown.
    byId("editor").hidden = false;
    await this.#patiently(() => this.#editor.open());
    await this.#next();
  }

  /** Again until it does not fail for want of a connection. */
  async #patiently(act) {
    while (true) {
      try {
        return await act();
      } catch (error) {
        if (!error.isTransient) throw error;
        say("No connection", "What you did is kept. Trying again.");
        await new Promise(resolve => setTimeout(resolve, ConnectionRetry * 1000));
      }
    }
  }

  /** The ranking goes first: the server counts what is on the screen. */
  async #next() {
    clearTimeout(this.#retry);
    this.#current = this.#amending = null;
    this.#lease.begin(null);
    await this.#outbox.flush();
    const next = await this.#patiently(() => this.#tasks.next());
    if (this.#stopped) return;
    showProgress(next.progress);
    if (next.status === "task") {
      // Whoever is at it keeps the template that a task began with.
      if (next.templateVersion !== this.#templateVersion) return location.reload();
      this.#lease.begin(next.task.comparison, this.#leaseSeconds);
      return this.#present(this.#current = next.task);
    }
    const again = next.retryAfterSeconds;
    say(MessageTitles[next.status] ?? "Nothing to do", `${next.reason ?? ""}${again ? "\nThis page looks again by itself." : ""}`);
    if (again) this.#retry = setTimeout(() => this.#guarded(() => this.#next()), again * 1000);
  }

  #present(task, result) {
    byId("message").hidden = true;
    byId("editor").hidden = false;
    this.#clock.restart();
    this.#editor.show({ template: this.#template.xml, data: toData(task, this.#template), result });
    byId("announcer").textContent = "Next task";
    scrollTo(0, 0);
  }

  #judge(judgement) {
    const task = this.#amending?.task ?? this.#current;
    if (!task) return;
    this.#outbox.add({
      ...judgement, comparison: task.comparison, activeSeconds: Math.round(this.#clock.seconds * 10) / 10, guidelinesVersion: this.#version, amends: this.#amending?.revision,
    });
    byId("flash").hidden = true;
    if (this.#amending && this.#current) {
      this.#amending = null;
      return this.#present(this.#current);
    }
    this.#guarded(() => this.#next());
  }

  async #send({ comparison, result, skip, ...rest }) {
    if (skip) return this.#tasks.rank({ comparison, request: { outcome: "skip", ...rest } });
    const stored = await this.#api("POST", `${this.#base}/tasks/${comparison}/annotation`, { result, ...rest });
    if (stored.isNoPreference) notice("flash", "Nothing was chosen, so that counts as no preference. Undo brings the task back.");
  }

  async #undo() {
    await this.#guarded(async () => {
      await this.#outbox.flush();
      const { rankings } = await this.#tasks.mine();
      const item = rankings[this.#amending ? this.#amending.back : 0];
      if (!item) return notice("flash", "There is nothing further to undo.");
      this.#amending = { task: item.task, revision: item.revision, back: (this.#amending?.back ?? 0) + 1 };
      this.#present(item.task, toResult(item, this.#template));
      notice("flash", "An earlier task. What you said stands until you submit again.");
    });
  }

  async #guarded(act) {
    try {
      return await act();
    } catch (error) {
      notice("flash", `${error.message} ${error.remedy ?? ""}`, true);
    }
  }

  #onOutbox({ waiting, failing, refused }) {
    // The task that waits to be sent is no longer to be changed: nothing done to it would be kept.
    if (failing && !this.#current && !this.#stopped) say("No connection", "What you did is kept. Trying again.");
    notice("outbox", failing ? `${waiting} ${waiting === 1 ? "task is" : "tasks are"} not sent yet. They are kept in this browser and sent as soon as the connection is back.` : null);
    if (refused) notice("flash", `The last task was not taken: ${refused.message} ${refused.remedy ?? ""}`, true);
  }

  async #stop() {
    this.#stopped = true;
    this.#lease.begin(null);
    clearTimeout(this.#retry);
    const held = this.#current;
    this.#current = this.#amending = null;
    say("Thank you", "What was on the screen goes to somebody else. You can come back with the same link.", { label: "Go on", act: () => location.reload() });
    await this.#outbox.flush();
    if (held) await this.#tasks.release(held.comparison).catch(() => {});
  }
}

function say(title, text, button) {
  byId("editor").hidden = true;
  byId("message").hidden = false;
  show(byId("message"), h("h2", {}, title), h("p", { class: "muted text" }, text ?? ""), button && h("button", { type: "button", class: "primary", onclick: button.act }, button.label));
}

function notice(id, text, bad = false) {
  const element = byId(id);
  element.textContent = text ?? "";
  element.hidden = !text;
  element.classList.toggle("bad", bad);
}

function showProgress(progress) {
  byId("progress-text").textContent = `${progress.mine} by you · ${progress.done} of ${progress.total} done`;
  setBar(byId("progress-bar"), progress.total === 0 ? 0 : progress.done / progress.total);
}

const invite = readInvite(location.hash);
addEventListener("hashchange", () => location.reload());
if (!invite) say("This link is not complete", "Open the form with the whole link that you were sent; it ends in a long code after #.");
else new StudioPage(invite).start().catch(error => say(error.message, error.remedy));
