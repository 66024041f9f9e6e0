import { h, byId, show, setBar } from "../shared/dom.js";
import { tierOf, canSubmit } from "./draft.js";

const RoleNames = { system: "Setting", user: "User", assistant: "Assistant" };

/** The whole task. @param actions {choose, tie, bothBad, skip, undo, submit, toggleTied, back, guidelines} */
export function showTask({ task, tiers, tied, amending, guidelines }, actions) {
  const pair = task.answers.length === 2;
  show(byId("main"),
    amending ? amendingNotice(amending, actions) : guidelineLine(guidelines, actions),
    conversation(task.messages),
    h("section", { class: "answers", "aria-label": "Answers" },
      task.answers.map((answer, index) => answerCard(answer, index, pair, tiers, amending !== null, actions))),
    pair ? pairActions(actions) : tierActions(tiers, tied, actions));
}

export function showMessage(title, text, button) {
  show(byId("main"), h("section", { class: "message" }, h("h2", {}, title), h("p", { class: "muted text" }, text ?? ""),
    button && h("button", { type: "button", class: "primary", onclick: button.act }, button.label)));
}

export function showProgress(progress) {
  byId("progress-text").textContent = `${progress.mine} by you · ${progress.done} of ${progress.total} done`;
  setBar(byId("progress-bar"), progress.total === 0 ? 0 : progress.done / progress.total);
}

export function showNotice(id, text, bad = false) {
  const element = byId(id);
  element.textContent = text ?? "";
  element.hidden = !text;
  element.classList.toggle("bad", bad);
}

export function announce(text) {
  byId("announcer").textContent = text;
}

function conversation(messages) {
  return h("section", { class: "conversation", "aria-label": "Prompt" }, messages.map(message =>
    h("div", { class: `turn ${message.role}` }, h("span", { class: "role" }, RoleNames[message.role] ?? message.role), h("div", { class: "text", dir: "auto" }, message.content))));
}

function answerCard(answer, index, pair, tiers, amending, actions) {
  const tier = tierOf(tiers, answer.id);
  const side = pair ? (index === 0 ? "left" : "right") : String(index + 1);
  const choose = () => actions.choose(answer.id);
  return h("article", {
    class: `answer${tier > 0 && (!pair || (tier === 1 && amending)) ? " chosen" : ""}`, "data-answer": answer.id, "aria-label": `Answer ${index + 1}`,
    // Marking text to read it closely is no choice.
    onclick: () => { if (String(getSelection()) === "") choose(); },
  },
  h("div", { class: "text", dir: "auto" }, answer.text),
  answer.cutOff && h("p", { class: "cut-off" }, "Cut off at the length limit"),
  h("div", { class: "answer-foot" },
    h("button", { type: "button", "aria-pressed": pair ? null : String(tier > 0), onclick: event => { event.stopPropagation(); choose(); } },
      h("kbd", { "aria-hidden": "true" }, String(index + 1)), pair ? `This one is better` : tier > 0 ? "Take back" : "Rank next",
      h("span", { class: "hidden-visually" }, pair ? `(${side})` : `(answer ${side})`)),
    !pair && tier > 0 && h("span", { class: "tier" }, `Place ${tier}`)));
}

function guidelineLine(guidelines, actions) {
  const firstLine = guidelines.split("\n", 1)[0];
  return h("p", { class: "guideline-line muted" }, firstLine,
    guidelines !== firstLine && h("button", { type: "button", class: "quiet", onclick: actions.guidelines }, "Read all"));
}

function amendingNotice(amending, actions) {
  return h("div", { class: "notice amending", role: "status" },
    h("span", {}, `Your ranking ${amending.back === 1 ? "before this one" : `${amending.back} back`}: ${describe(amending.item)}. It stands until you choose again.`),
    h("button", { type: "button", onclick: actions.back }, h("kbd", { "aria-hidden": "true" }, "Esc"), "Keep it"));
}

function describe(item) {
  if (item.outcome === "skip") return "skipped";
  if (item.outcome === "bothBad") return item.task.answers.length === 2 ? "both bad" : "all bad";
  if (item.tiers.length === 1) return "a tie";
  return item.task.answers.length === 2 ? (item.tiers[0][0] === "1" ? "the left one" : "the right one") : item.tiers.map(tier => tier.join(" = ")).join(" > ");
}

function pairActions(actions) {
  return h("div", { class: "actions", role: "group", "aria-label": "Other judgements" },
    action("Tie", "t", actions.tie), action("Both bad", "b", actions.bothBad), action("Skip", "s", actions.skip), action("Undo", "u", actions.undo));
}

function tierActions(tiers, tied, actions) {
  return h("div", { class: "actions tiers", role: "group", "aria-label": "Judgement" },
    h("button", { type: "button", class: "primary", disabled: !canSubmit(tiers), onclick: actions.submit }, "Submit", h("kbd", { "aria-hidden": "true" }, "Enter")),
    h("button", { type: "button", "aria-pressed": String(tied), onclick: actions.toggleTied }, tied ? "Next one ties ✓" : "Tie the next", h("kbd", { "aria-hidden": "true" }, "t")),
    action("All bad", "b", actions.bothBad), action("Skip", "s", actions.skip), action("Undo", "u", actions.undo));
}

function action(label, key, act) {
  return h("button", { type: "button", onclick: act }, label, h("kbd", { "aria-hidden": "true" }, key));
}
