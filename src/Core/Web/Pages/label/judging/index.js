import { bestWorstJudging } from "./best-worst.js";
import { pairJudging } from "./pair.js";
import { tiersJudging } from "./tiers.js";

/** The way a task is judged. Each way is a module that takes a context and returns a judging; tasks, outbox, keys and texts know nothing of it.
 *
 * context: {task, form, earlier, draft, judge(judgement), act(function), changed()}
 *   earlier: one's own ranking of this task that is being amended, or null; draft: what keep() gave before a reload, or undefined;
 *   act runs what a click asks for, unless it came too soon after the task was shown; changed() says that keep() gives something new.
 * judging: {stage, controls, digit(key), keys, help, view, keep()}
 *   stage: the answers; controls: the buttons of this way; digit: a number key; keys: other keys → function;
 *   help: [[key, meaning], …] for the overlay; view: an AnswerCards, or null where the texts can't be formatted or compared. */
export function openJudging(context) {
  if (context.task.answers.length === 2) return pairJudging(context);
  return context.form.manyAnswers === "bestAndWorst" ? bestWorstJudging(context) : tiersJudging(context);
}
