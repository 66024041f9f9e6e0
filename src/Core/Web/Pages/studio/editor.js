import { h, show } from "../shared/dom.js";
import { ApiError } from "../shared/api.js";

const Frame = "/label-studio/frame";

/** Label Studio's editor in its sandboxed frame. The frame gets a task and gives a result; tokens and everything else stay outside. */
export class Editor {
  #frame;
  #ready;
  #on;

  /** @param on {submitted(result), skipped(), active(), failed(message)} */
  constructor(holder, on) {
    this.#on = on;
    this.#frame = h("iframe", { sandbox: "allow-scripts", title: "Label Studio", referrerpolicy: "no-referrer" });
    this.#ready = new Promise(resolve => { this.#on.ready = resolve; });
    addEventListener("message", event => this.#onMessage(event));
    show(holder, this.#frame);
  }

  /** @throws ApiError where the editor is not on the server. */
  async open() {
    const response = await fetch(Frame, { cache: "no-cache" }).catch(() => null);
    if (!response) throw new ApiError(0, { detail: "The server does not answer.", code: "no-connection", remedy: "Check the connection." });
    if (!response.ok) throw new ApiError(response.status, await response.json());
    this.#frame.src = Frame;
    await this.#ready;
  }

  /** @param task {template, data, result?} */
  show(task) {
    // The frame's origin is its own and has no name, so it can't be named here; where it can be is held by our policy for frames.
    this.#frame.contentWindow.postMessage({ type: "show", ...task }, "*");
  }

  #onMessage(event) {
    if (event.source !== this.#frame.contentWindow || event.origin !== "null") return;
    const { type, result, message, height } = event.data ?? {};
    if (type === "height") this.#frame.style.height = `${Math.min(Math.max(Number(height) || 0, 200), 20_000) + 2}px`;
    else if (type === "ready") this.#on.ready();
    else if (type === "submitted" && Array.isArray(result)) this.#on.submitted(result);
    else if (type === "skipped") this.#on.skipped();
    else if (type === "active") this.#on.active();
    else if (type === "failed") this.#on.failed(String(message));
  }
}
