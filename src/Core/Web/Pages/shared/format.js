import { toSeconds } from "./timespan.js";

export function percent(share, digits = 0) {
  return share === null || share === undefined ? "–" : `${(share * 100).toFixed(digits)}%`;
}

export function number(value, digits = 2) {
  return value === null || value === undefined ? "–" : value.toFixed(digits);
}

/** "72% to 88%", or that there is too little for an interval. */
export function interval({ low, high }, write) {
  return low === null || low === undefined ? "too few" : `${write(low)} to ${write(high)}`;
}

/** A time span of the server's for people: "4.2 s", "3 min", "1 h 20 min". */
export function duration(span) {
  const all = toSeconds(span);
  if (all === null) return "–";
  const hours = Math.floor(all / 3600), minutes = Math.floor(all / 60) % 60, seconds = all % 60;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return seconds >= 1 && minutes < 10 ? `${minutes} min ${Math.floor(seconds)} s` : `${minutes} min`;
  return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
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
