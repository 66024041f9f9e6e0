import { h } from "../shared/dom.js";
import { attempt } from "../shared/owner.js";

const Longest = 4000;

/** A box for messages, and what base and tuned model answer to each, newest first. */
export function exchange(api, id) {
  const log = h("div", { class: "exchanges", "aria-live": "polite" });
  return h("div", { class: "exchange" }, messageForm(message => ask(api, id, message, log)), log);
}

function messageForm(send) {
  const input = h("textarea", { rows: 3, maxlength: Longest, required: true, placeholder: "My parcel has not arrived yet. Where is it?", "aria-label": "Message" });
  const button = h("button", { class: "primary" }, "Send");
  const form = h("form", { class: "card", onsubmit: async event => {
    event.preventDefault();
    button.disabled = true;
    if (await attempt(() => send(input.value.trim()))) input.select();
    button.disabled = false;
    input.focus();
  } }, h("label", {}, "Message", input), h("div", { class: "row" }, button, h("span", { class: "muted small" }, "Both models answer with the same seed. Nothing is kept.")));
  input.addEventListener("keydown", event => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); } });
  return form;
}

async function ask(api, id, message, log) {
  const answers = await api("POST", `/api/runs/${id}/answers`, { message });
  log.prepend(h("article", { class: "card" }, h("p", { class: "text prompt", dir: "auto" }, message), h("div", { class: "sides" }, side("Base", answers.base), side("Tuned", answers.tuned))));
  return true;
}

function side(name, answer) {
  return h("section", {}, h("h2", {}, name), h("p", { class: "text", dir: "auto" }, answer.text ?? answer.failure ?? "No answer"), answer.cutOff && h("p", { class: "cut-off small" }, "Cut off at the length limit"));
}
