import { h, byId, show } from "../shared/dom.js";

const PairKeys = [["1", "The left one is better"], ["2", "The right one is better"], ["t or =", "A tie"], ["b", "Both are bad"], ["s", "Skip"], ["u", "Undo: change an earlier ranking, up to ten back"], ["g", "Guidelines"], ["?", "These keys"]];
const TierKeys = [["1 to 9", "Rank the answer next, or take it back"], ["t or =", "The next one ties with the one before"], ["Enter", "Submit"], ["b", "All are bad"], ["s", "Skip"], ["u", "Undo: change an earlier ranking, up to ten back"], ["g", "Guidelines"], ["?", "These keys"]];

/** Calls the action that a key stands for. Held keys count once; keys with Ctrl, Alt or Meta, and keys while a dialog is open, are the browser's. */
export function listenToKeys(actions) {
  addEventListener("keydown", event => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const act = actionOf(event, actions);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf(event, actions) {
  if (/^[1-9]$/.test(event.key)) return () => actions.choose(event.key);
  // Enter on a focused button presses that button.
  if (event.key === "Enter") return event.target.closest?.("button, a") ? null : actions.submit;
  return {
    t: actions.tieKey, "=": actions.tieKey, b: actions.bothBad, s: actions.skip, u: actions.undo, g: actions.guidelines, "?": actions.keys, Escape: actions.back,
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

export function showKeys(pair) {
  show(byId("keys-list"), (pair ? PairKeys : TierKeys).flatMap(([key, meaning]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, meaning)]));
  byId("keys").showModal();
}
