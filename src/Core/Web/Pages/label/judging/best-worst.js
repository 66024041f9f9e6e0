import { h } from "../../shared/dom.js";
import { announce } from "../announce.js";
import { AnswerCards } from "../answers.js";
import { bestAndWorst, tie } from "../judgement.js";
import { action, key, numberName, submitButton } from "./controls.js";
import { PinHelp, Pins } from "./pins.js";

const Help = [["1 to 9", "First the best one, then the worst; again to take it back"], ["t or =", "All are the same"], ["Enter", "Submit"], ...PinHelp];

/** Three answers and more: which is the best, which the worst. */
export function bestWorstJudging({ task, earlier, draft, judge, act, changed }) {
  let { best, worst } = draft ?? earlierChoice(earlier);
  const cards = new AnswerCards(task.answers, task.answers.map(numberName), { choose: id => act(() => choose(id)), pins: true });
  const pins = new Pins(cards);
  const slots = { best: h("span", { class: "slot" }), worst: h("span", { class: "slot" }) };
  const submit = submitButton(() => act(send));
  const same = () => judge(tie(task.answers));

  function choose(id) {
    if (id === best) best = null;
    else if (id === worst) worst = null;
    else if (!best) best = id;
    else worst = id;
    render();
    changed();
    announce(id === best ? `Answer ${id}, the best` : id === worst ? `Answer ${id}, the worst` : `Answer ${id} taken back`);
  }

  function send() {
    if (best && worst) judge(bestAndWorst(task.answers, best, worst));
    else announce("Choose the best and the worst answer first");
  }

  function render() {
    for (const { id } of task.answers) cards.mark(id, id === best ? "Best" : id === worst ? "Worst" : null, id === best ? "best" : "worst");
    slots.best.replaceChildren(best ? key(best) : "–");
    slots.worst.replaceChildren(worst ? key(worst) : "–");
    slots.best.classList.toggle("next", !best);
    slots.worst.classList.toggle("next", Boolean(best) && !worst);
    submit.disabled = !(best && worst);
  }

  render();
  return {
    stage: cards.element,
    controls: h("div", { class: "many" },
      h("div", { class: "strip", role: "group", "aria-label": "Your choice so far" }, h("span", { class: "tier" }, h("span", { class: "strip-label" }, "Best"), slots.best), h("span", { class: "tier" }, h("span", { class: "strip-label" }, "Worst"), slots.worst)),
      h("div", { class: "many-actions" }, action("All the same", "t", () => act(same)), pins.element, submit)),
    digit: number => { if (!pins.take(number) && task.answers.some(answer => answer.id === number)) choose(number); },
    keys: { t: same, "=": same, Enter: send, p: () => pins.arm() },
    help: Help, view: cards, keep: () => ({ best, worst }),
  };
}

function earlierChoice(earlier) {
  return earlier?.tiers.length === 3 ? { best: earlier.tiers[0][0], worst: earlier.tiers[2][0] } : { best: null, worst: null };
}
