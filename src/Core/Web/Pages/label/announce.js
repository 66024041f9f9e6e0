import { byId } from "../shared/dom.js";

/** Says something to a screen reader. The same words twice are two different texts: it would not say them again otherwise. */
export function announce(text) {
  const announcer = byId("announcer");
  announcer.textContent = announcer.textContent === text ? `${text}\u00a0` : text;
}
