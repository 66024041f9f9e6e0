export function percent(share, digits = 0) {
  return share === null || share === undefined ? "–" : `${(share * 100).toFixed(digits)}%`;
}

export function count(number) {
  return (number ?? 0).toLocaleString("en-GB");
}

export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function date(text) {
  return new Date(text).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

export function time(text) {
  return new Date(text).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

const KindNames = { person: ["person", "people"], simulated: ["simulated annotator", "simulated annotators"], llm: ["language model", "language models"] };

/** "120 by people, 40 by simulated annotators" */
export function rankingsByKind(rankings) {
  const parts = Object.entries(KindNames).filter(([kind]) => rankings?.[kind] > 0).map(([kind, [, many]]) => `${count(rankings[kind])} by ${many}`);
  return parts.length > 0 ? parts.join(", ") : "none yet";
}

export function kindName(kind) {
  return KindNames[kind]?.[0] ?? kind;
}

const JudgeNames = { people: "people, blind", rule: "the noise-free rule (simulation only)", none: "nobody" };

export function judgeName(judge) {
  return JudgeNames[judge] ?? judge;
}
