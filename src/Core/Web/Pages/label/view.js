import { h, byId, show, setBar } from "../shared/dom.js";
import { describe } from "./judgement.js";
import { action } from "./judging/controls.js";

/** The whole task. @param parts {amending, guidelines, tools, conversation, judging, notes} @param actions {bothBad, skip, amend, back, guidelines} */
export function showTask({ amending, guidelines, tools, conversation, judging, notes, pair }, actions) {
  show(byId("main"), h("div", { class: "task-head" }, amending ? amendingNotice(amending, actions) : guidelineLine(guidelines, actions), tools), conversation, judging.stage);
  show(byId("bar"), h("div", { class: "bar-inner" }, notes.element, judging.controls,
    h("div", { class: "common", role: "group", "aria-label": "Other judgements" },
      action(pair ? "Both bad" : "All bad", "b", actions.bothBad), action("Skip", "s", actions.skip), action("Undo", "u", actions.amend), notes.buttons.filter(Boolean))));
  byId("bar").hidden = false;
  const turns = document.querySelector(".conversation");
  turns.scrollTop = turns.scrollHeight;
}

/** Formatted text and differences, on request. */
export function viewTools(view, canCompare, actions) {
  const toggle = (label, key, pressed, act, disabled = false) => action(label, key, act, { class: "quiet small", "aria-pressed": String(pressed), disabled });
  return h("div", { class: "tools" }, toggle("Formatted", "m", view.formatted, actions.formatted),
    toggle("Differences", "d", view.differences && canCompare, actions.differences, !canCompare));
}

export function showMessage(title, text, button) {
  byId("bar").hidden = true;
  show(byId("main"), h("section", { class: "message" }, h("h2", {}, title), h("p", { class: "muted text" }, text ?? ""),
    button && h("button", { type: "button", class: "primary", onclick: button.act }, button.label)));
}

/** @param pace seconds a judgement, or null; @param cap judgements a day, or null. */
export function showProgress(progress, pace, cap) {
  const parts = [`${progress.mine} by you`, cap && `${progress.today} of ${cap} today`, `${progress.done} of ${progress.total} done`, pace !== null && `${pace < 10 ? pace.toFixed(1) : Math.round(pace)} s each`];
  byId("progress-text").textContent = parts.filter(Boolean).join(" · ");
  setBar(byId("progress-bar"), progress.total === 0 ? 0 : progress.done / progress.total);
}

/** @param button {label, act}, or nothing. */
export function showNotice(id, text, { bad = false, button } = {}) {
  const element = byId(id);
  show(element, h("span", {}, text ?? ""), button && h("button", { type: "button", onclick: button.act }, button.label));
  element.hidden = !text;
  element.classList.toggle("bad", bad);
}

function guidelineLine(guidelines, actions) {
  const firstLine = guidelines.split("\n", 1)[0];
  return h("p", { class: "guideline-line muted" }, h("span", { class: "first-line" }, firstLine),
    guidelines !== firstLine && h("button", { type: "button", class: "quiet small", onclick: actions.guidelines }, "Read all"));
}

function amendingNotice(amending, actions) {
  const which = amending.back === 1 ? "Your ranking before this one" : `Your ranking ${amending.back} back`;
  const what = describe(amending.item);
  return h("div", { class: "notice amending", role: "status" },
    h("span", {}, `${which}${what ? `: ${what}` : ""}. It stands until you choose again.`),
    action("Keep it", "Esc", actions.back));
}
