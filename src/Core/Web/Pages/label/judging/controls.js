import { h } from "../../shared/dom.js";

export function key(name) {
  return h("kbd", { "aria-hidden": "true" }, name);
}

/** A button with its key. */
export function action(label, keyName, act, properties = {}) {
  return h("button", { type: "button", onclick: act, ...properties }, h("span", {}, label), key(keyName));
}

export function submitButton(act) {
  return action("Submit", "Enter", act, { class: "primary" });
}

/** Side by side on a wide screen, one above the other on a narrow one. */
export function sideName(index) {
  return [h("span", { class: "wide-only" }, index === 0 ? "Left" : "Right"), h("span", { class: "narrow-only" }, index === 0 ? "First" : "Second")];
}

export function numberName(answer) {
  return h("span", { class: "answer-name" }, key(answer.id), h("span", { class: "hidden-visually" }, `Answer ${answer.id}`));
}
