import { h } from "../shared/dom.js";

/** What was expected of a practice comparison, over whatever comes next. @param task as it was shown; null where the page was loaded anew since. */
export function showFeedback(task, feedback) {
  const dialog = h("dialog", { "aria-labelledby": "feedback-title", onclose: () => dialog.remove() },
    h("h2", { id: "feedback-title" }, feedback.isRight ? "As expected" : "Not as expected"),
    h("p", {}, feedback.outcome === "bothBad" ? "None of these answers is acceptable." : `Expected: ${places(feedback.tiers)}.`),
    feedback.explanation && h("p", { class: "text" }, feedback.explanation),
    task && h("details", {}, h("summary", {}, "The answers again"), task.answers.map(answer => h("p", { class: "text" }, `${answer.id}. ${answer.text}`))),
    h("form", { method: "dialog", class: "row" }, h("button", { class: "primary", autofocus: true }, "Go on")));
  document.body.append(dialog);
  dialog.showModal();
}

function places(tiers) {
  return tiers.map(tier => `answer ${tier.join(" and ")}`).join(" before ");
}
