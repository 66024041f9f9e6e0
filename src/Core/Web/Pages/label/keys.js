import { h, byId, show } from "../shared/dom.js";
import { read, write } from "../shared/storage.js";

const OffKey = "rlhf-single-keys";

/** Whether keys of one letter, digit or sign mean something. Speech input types them by mistake: they can be switched off. */
let areSingleOn = read(OffKey) !== "off";

/** Keys whose repetition while held does something sensible. */
const MayRepeat = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown"]);

/** What has the focus there is read and scrolled, by the browser, along both axes. */
const ScrollRegions = ".conversation, pre, .table-scroll";
const ScrollKeys = /^(Arrow(Up|Down|Left|Right)|Page(Up|Down)| )$/;

/** Calls onKey with the name of each key pressed outside of text fields ("a", "1", "Enter", "ArrowUp"…); it returns whether the key meant something.
 * Held keys count once; keys with Ctrl, Alt or Meta, keys while a dialog is open, and keys that scroll the region that has the focus are the browser's.
 * @param signal ends it. */
export function listenToKeys(onKey, signal) {
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input, textarea, select")) return leaveField(event);
    const key = nameOf(event);
    if (event.repeat && !MayRepeat.has(key)) return heldOn(event);
    if (!areSingleOn && key.length === 1 && key !== " ") return;
    if (ScrollKeys.test(key) && event.target.closest?.(ScrollRegions)) return;
    // Enter and Space press the button that has the focus.
    if ((key === "Enter" || key === " ") && event.target.closest?.("button, a, summary")) return;
    if (onKey(key)) event.preventDefault();
  }, { signal });
}

/** Enter presses a button again for as long as it is held. */
function heldOn(event) {
  if (event.key === "Enter" && event.target.closest?.("button, summary")) event.preventDefault();
}

function leaveField(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  byId("main").focus({ preventScroll: true });
}

/** Digits by their place too: some layouts have them on Shift. */
function nameOf(event) {
  if (/^[1-9]$/.test(event.key)) return event.key;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code ?? "");
  if (digit && !event.shiftKey) return digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** The switch in the overlay, remembered in this browser. */
export function openSwitch() {
  const box = byId("keys-single");
  const apply = () => document.body.classList.toggle("single-keys-off", !areSingleOn);
  box.checked = areSingleOn;
  box.onchange = () => {
    areSingleOn = box.checked;
    write(OffKey, areSingleOn ? "on" : "off");
    apply();
  };
  apply();
}

/** The overlay. @param judging, notes of the task on the screen, if there is one. */
export function showKeys(judging, notes) {
  show(byId("keys-list"),
    group("Ranking", [...judging?.help ?? [], ["b", "Both or all are bad"], ["s", "Skip"], ["u", "Undo: change an earlier ranking, up to ten back"], ...notes?.help ?? []]),
    group("Reading", [...judging?.view ? [["m", "Formatted text, or as written"], ["d", "Mark the differences"]] : [], ["↓ ↑", "Scroll the answers"], ["g", "Guidelines"], ["?", "These keys"]]));
  byId("keys").showModal();
}

function group(title, keys) {
  const named = key => key.split(" ").map(part => part === "or" || part === "to" || part === "then" ? ` ${part} ` : h("kbd", {}, part));
  return h("section", {}, h("h3", {}, title), h("dl", {}, keys.flatMap(([key, meaning]) => [h("dt", {}, named(key)), h("dd", {}, meaning)])));
}
