import { show } from "../shared/dom.js";

/** Draws an element from data, anew only when the data changed: a button under the pointer stays, and so does the focus.
 * @param draw (data) → children. @returns (data) to be called with each answer of the server. */
export function live(element, draw) {
  let shown;
  return data => {
    const text = JSON.stringify(data);
    if (text === shown) return;
    shown = text;
    keepingFocus(element, () => show(element, draw(data)));
  };
}

/** What had the focus has it again after the element was drawn, if it is still there. */
function keepingFocus(element, draw) {
  const all = () => [...element.querySelectorAll("a, button, summary")];
  const at = all().indexOf(document.activeElement), label = document.activeElement?.textContent;
  draw();
  if (at < 0) return;
  const now = all();
  (now[at]?.textContent === label ? now[at] : now.find(other => other.textContent === label))?.focus({ preventScroll: true });
}
