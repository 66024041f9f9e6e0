import { h } from "../shared/dom.js";

/** How answers are to be judged: the fields of a new campaign's form. @returns {{element, value()}} */
export function labelFields() {
  const scale = choice([["2", "Which one is better"], ["4", "Clearly or slightly better"], ["7", "Much, clearly or slightly better"]]);
  const many = choice([["tiers", "All, from best to worst"], ["bestAndWorst", "The best and the worst"]]);
  const comments = h("input", { type: "checkbox", checked: true });
  const betterAnswers = h("input", { type: "checkbox", checked: true });
  const breakAfter = h("input", { type: "number", min: 1, max: 480, value: 45, placeholder: "never" });
  const cap = h("input", { type: "number", min: 1, placeholder: "no bound" });
  return {
    element: h("details", {}, h("summary", {}, "How answers are judged"), h("div", { class: "details" },
      h("div", { class: "fields" }, h("label", {}, "Two answers", scale), h("label", {}, "Three and more", many)),
      h("div", { class: "fields" }, h("label", {}, "Break after minutes", breakAfter), h("label", {}, "At most a day, per person", cap)),
      h("label", { class: "check" }, comments, "Comments"), h("label", { class: "check" }, betterAnswers, "Own, better answers (kept as SFT examples)"))),
    value: () => ({
      scale: Number(scale.value), manyAnswers: many.value, comments: comments.checked, betterAnswers: betterAnswers.checked,
      breakAfter: breakAfter.value ? duration(Number(breakAfter.value)) : null, dailyCap: cap.value ? Number(cap.value) : null,
    }),
  };
}

function choice(options) {
  return h("select", {}, options.map(([value, label]) => h("option", { value }, label)));
}

function duration(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}:00`;
}
