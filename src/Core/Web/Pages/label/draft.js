/** Pure: what a judgement is while it is being made, and what is sent. Places are ids as served ("1" is leftmost). */

/** Puts an answer into the next tier, or with the last one's if tied; an answer that is in already comes out. */
export function place(tiers, id, tied) {
  if (tiers.some(tier => tier.includes(id))) return tiers.map(tier => tier.filter(other => other !== id)).filter(tier => tier.length > 0);
  if (tied && tiers.length > 0) return [...tiers.slice(0, -1), [...tiers.at(-1), id]];
  return [...tiers, [id]];
}

/** From 1, or 0 where the answer has no tier yet. */
export function tierOf(tiers, id) {
  return tiers.findIndex(tier => tier.includes(id)) + 1;
}

/** Two answers: this one is better. */
export function better(answers, id) {
  return ranked([[id], ...answers.filter(answer => answer.id !== id).map(answer => [answer.id])]);
}

export function tie(answers) {
  return ranked([answers.map(answer => answer.id)]);
}

export function ranked(tiers) {
  return { outcome: "ranked", tiers };
}

export function canSubmit(tiers) {
  return tiers.flat().length >= 2;
}

/** The request's body. */
export function toRequest(judgement, task, activeSeconds, amends) {
  return {
    ...judgement,
    shownOrder: task.answers.map(answer => answer.id),
    activeSeconds: Math.round(activeSeconds * 10) / 10,
    guidelinesVersion: task.guidelines,
    ...amends === undefined ? {} : { amends },
  };
}
