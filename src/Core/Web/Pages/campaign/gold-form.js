import { h, show } from "../shared/dom.js";
import { attempt } from "../shared/owner.js";

const Least = 2, Most = 9;

/** The form of a new gold comparison: its answers from the best to the worst, some as good as the one before, or none of them good. */
export function goldForm(api, base, refresh) {
  const prompt = area("Prompt"), why = area("Why (shown after practice)", { required: false });
  const practice = h("input", { type: "checkbox" }), none = h("input", { type: "checkbox", onchange: () => draw() });
  const list = h("div", { class: "columns" }), answers = [];
  const more = h("button", { type: "button", onclick: () => resize(answers.length + 1) }, "Add an answer");
  const fewer = h("button", { type: "button", class: "quiet", onclick: () => resize(answers.length - 1) }, "Take the last one away");

  const draw = () => {
    answers.forEach((answer, place) => {
      answer.caption.textContent = captionOf(place, answers.length, none.checked);
      answer.tie.hidden = none.checked || place === 0 || answers.length === Least;
    });
    [more.hidden, fewer.hidden] = [answers.length === Most, answers.length === Least];
  };
  const resize = count => {
    while (answers.length < count) answers.push(answerField());
    answers.length = count;
    show(list, answers.map(({ element }) => element));
    draw();
  };
  const request = () => ({
    prompt: textOf(prompt), answers: answers.map(answer => answer.text.value.trim()), explanation: textOf(why) || undefined, practice: practice.checked,
    ...(none.checked ? { outcome: "bothBad" } : { tiers: tiersOf(answers) }),
  });
  const form = h("form", { class: "gold-form", onsubmit: event => {
    event.preventDefault();
    attempt(async () => {
      await api("POST", `${base}/gold`, request());
      form.reset();
      resize(Least);
      await refresh();
    });
  } }, prompt, list, h("div", { class: "row" }, more, fewer, check("None of them is good", none)), why,
  h("div", { class: "row" }, check("Practice, before the first task", practice), h("button", { class: "primary" }, "Add")));
  resize(Least);
  return h("details", {}, h("summary", {}, "Add one"), form);
}

function answerField() {
  const caption = h("span"), text = textArea(), same = h("input", { type: "checkbox" });
  const tie = check("As good as the one before", same);
  return { caption, text, same, tie, element: h("div", { class: "gold-answer" }, h("label", {}, caption, text), tie) };
}

function captionOf(place, count, isNoneGood) {
  if (isNoneGood) return `Answer ${place + 1}`;
  if (count === Least) return ["Better answer", "Worse answer"][place];
  return place === 0 ? "Best answer" : `Answer ${place + 1}, after it`;
}

/** Numbers of the answers, from 1, by how good they are. */
function tiersOf(answers) {
  const tiers = [];
  answers.forEach(({ same, tie }, place) => {
    if (same.checked && !tie.hidden) tiers.at(-1).push(place + 1);
    else tiers.push([place + 1]);
  });
  return tiers;
}

function area(label, properties = {}) {
  return h("label", {}, label, textArea(properties));
}

function textArea(properties = {}) {
  return h("textarea", { rows: 2, required: true, maxlength: 32000, ...properties });
}

function check(label, input) {
  return h("label", { class: "check" }, input, label);
}

function textOf(label) {
  return label.lastChild.value.trim();
}
