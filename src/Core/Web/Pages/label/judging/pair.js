import { h } from "../../shared/dom.js";
import { AnswerCards } from "../answers.js";
import { atPoint, pointOf, pointsOf, tie } from "../judgement.js";
import { action, key, sideName } from "./controls.js";

const Help = {
  2: [["1 or ←", "The left one is better"], ["2 or →", "The right one is better"], ["t or =", "A tie"]],
  4: [["1", "The left one is clearly better"], ["2", "The left one is slightly better"], ["3", "The right one is slightly better"], ["4", "The right one is clearly better"], ["t or =", "A tie"]],
  7: [["1", "The left one is much better"], ["2", "… clearly"], ["3", "… slightly"], ["4", "A tie"], ["5", "The right one is slightly better"], ["6", "… clearly"], ["7", "… much"], ["t or =", "A tie"]],
};

/** Two answers side by side, one key or click for each point of the scale. */
export function pairJudging({ task, form, earlier, judge, act }) {
  const points = pointsOf(form.scale);
  const choose = point => judge(atPoint(task.answers, point, form.scale));
  const before = earlier ? pointOf(earlier, form.scale) : -1;
  const cards = new AnswerCards(task.answers, [0, 1].map(side => h("span", { class: "answer-name" }, sideName(side))),
    form.scale === 2 ? { choose: id => act(() => choose(points[task.answers.findIndex(answer => answer.id === id)])) } : {});
  const chosen = points[before];
  if (chosen && chosen.side !== null) cards.mark(task.answers[chosen.side].id, "Your choice");
  const keys = { t: () => judge(tie(task.answers)), "=": () => judge(tie(task.answers)) };
  if (form.scale === 2) Object.assign(keys, { ArrowLeft: () => choose(points[0]), ArrowRight: () => choose(points[1]) });
  return {
    stage: cards.element,
    controls: form.scale === 2 ? twoPoints(points, before, choose, keys.t, act) : scale(points, before, choose, keys.t, act),
    digit: number => { if (points[number - 1]) choose(points[number - 1]); },
    keys, help: Help[form.scale], view: cards, keep: () => undefined,
  };
}

function twoPoints(points, before, choose, chooseTie, act) {
  const side = index => h("button", { type: "button", class: "point", "aria-pressed": String(before === index), onclick: () => act(() => choose(points[index])) },
    key(String(index + 1)), h("span", {}, sideName(index), " is better"));
  return h("div", { class: "points two", role: "group", "aria-label": "Which one is better" }, side(0), action("Tie", "t", () => act(chooseTie)), side(1));
}

function scale(points, before, choose, chooseTie, act) {
  return h("div", { class: `points of-${points.length}`, role: "group", "aria-label": "How much better, from left to right" },
    h("span", { class: "points-side", "aria-hidden": "true" }, sideName(0), " is better"),
    points.length % 2 === 0 && action("Tie", "t", () => act(chooseTie), { class: "points-tie" }), h("span", { class: "points-side end", "aria-hidden": "true" }, sideName(1), " is better"),
    points.map((point, index) => h("button", { type: "button", class: "point", "aria-pressed": String(before === index), onclick: () => act(() => choose(point)) },
      key(String(index + 1)), h("span", {}, point.side === null ? "" : h("span", { class: "hidden-visually" }, sideName(point.side), " is "), point.word,
        point.side === null ? "" : h("span", { class: "hidden-visually" }, " better")))));
}
