/** Pure: what a judgement is while it is being made, and what is sent. Answers are known by their places as served ("1" is leftmost). */

/** Puts an answer into the next tier, or with the last one's if tied; an answer that is in already comes out. */
export function place(tiers, id, tied) {
  if (tierOf(tiers, id) > 0) return without(tiers, id);
  if (tied && tiers.length > 0) return [...tiers.slice(0, -1), [...tiers.at(-1), id]];
  return [...tiers, [id]];
}

/** Moves an answer to tier `at` (from 1), or before it as a tier of its own. */
export function move(tiers, id, at, { asNew }) {
  const kept = tiers.map(tier => tier.filter(other => other !== id));
  if (asNew) kept.splice(at - 1, 0, [id]);
  else kept[at - 1] = [...kept[at - 1], id];
  return kept.filter(tier => tier.length > 0);
}

export function without(tiers, id) {
  return tiers.map(tier => tier.filter(other => other !== id)).filter(tier => tier.length > 0);
}

/** From 1, or 0 where the answer has no tier yet. */
export function tierOf(tiers, id) {
  return tiers.findIndex(tier => tier.includes(id)) + 1;
}

export function ranked(tiers) {
  return { outcome: "ranked", tiers };
}

export function tie(answers) {
  return ranked([answers.map(answer => answer.id)]);
}

export function canSubmit(tiers) {
  return tiers.flat().length >= 2;
}

/** The points of a scale for two answers, left to right. side: 0 is the left answer, 1 the right one, null a tie. */
export function pointsOf(scale) {
  const strengths = Array.from({ length: Math.floor(scale / 2) }, (_, index) => index + 1);
  const words = scale === 2 ? ["Better"] : scale === 4 ? ["Slightly", "Clearly"] : ["Slightly", "Clearly", "Much"];
  const point = (side, strength) => ({ side, strength, word: words[strength - 1] });
  return [...strengths.toReversed().map(strength => point(0, strength)), ...scale % 2 ? [{ side: null, strength: 0, word: "The same" }] : [], ...strengths.map(strength => point(1, strength))];
}

/** Two answers, a point of the scale. A scale of two points has no strengths. */
export function atPoint(answers, point, scale) {
  if (point.side === null) return tie(answers);
  const judgement = ranked([[answers[point.side].id], [answers[1 - point.side].id]]);
  return scale === 2 ? judgement : { ...judgement, strength: point.strength };
}

/** Which point an earlier ranking of two answers was, or -1. */
export function pointOf(item, scale) {
  if (item.outcome !== "ranked") return -1;
  const side = item.tiers.length === 1 ? null : item.task.answers.findIndex(answer => answer.id === item.tiers[0][0]);
  return pointsOf(scale).findIndex(point => point.side === side && (side === null || scale === 2 || point.strength === (item.strength ?? 1)));
}

/** The best, the worst and all others between them. */
export function bestAndWorst(answers, best, worst) {
  return ranked([[best], answers.map(answer => answer.id).filter(id => id !== best && id !== worst), [worst]]);
}

/** In words, for a person; a preference between two answers, which is shown beside them, has none. */
export function describe(item) {
  const pair = item.task.answers.length === 2;
  if (item.outcome === "skip") return "skipped";
  if (item.outcome === "bothBad") return pair ? "both bad" : "all bad";
  if (item.tiers.length === 1) return "a tie";
  if (pair) return null;
  return item.tiers.map(tier => tier.join(" = ")).join(" > ");
}

/** The request's body. @param texts {comment, betterAnswer} */
export function toRequest(judgement, task, texts, activeSeconds, guidelinesVersion, amends) {
  return {
    ...judgement,
    comment: texts.comment || undefined,
    betterAnswer: texts.betterAnswer || undefined,
    shownOrder: task.answers.map(answer => answer.id),
    activeSeconds: Math.round(activeSeconds * 10) / 10,
    guidelinesVersion,
    amends,
  };
}
