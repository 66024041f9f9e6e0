/** What a browser keeps for a page. One that keeps nothing (blocked, or full) costs what would have been kept, never the page. */

let hasWarned = false;

/** @returns the text, or null. */
export function read(name) {
  return attempt(() => localStorage.getItem(name), null);
}

/** @returns the value, or null; also where it can't be read as one. */
export function readJson(name) {
  return attempt(() => JSON.parse(localStorage.getItem(name)), null);
}

/** @returns whether it is kept. */
export function write(name, text) {
  return attempt(() => { localStorage.setItem(name, text); return true; }, false);
}

/** @returns whether it is kept. */
export function writeJson(name, value) {
  return write(name, JSON.stringify(value));
}

export function remove(name) {
  attempt(() => localStorage.removeItem(name));
}

export function names() {
  return attempt(() => Object.keys(localStorage), []);
}

/** Reaching for localStorage alone throws where it is blocked. */
function attempt(act, otherwise) {
  try {
    return act();
  } catch (error) {
    if (!hasWarned) console.warn("This browser keeps nothing for this page.", error);
    hasWarned = true;
    return otherwise;
  }
}
