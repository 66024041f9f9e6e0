import { h } from "../../shared/dom.js";

/** Pixels before a press becomes a drag: a finger is never quite still. */
const Slack = 6;
/** Pixels beside a place that still mean it. */
const Reach = 40;

const places = new WeakMap();

/** A place that something can be dropped on. @param place what onDrop is told. */
export function target(element, place) {
  places.set(element, place);
  element.classList.add("place");
  return element;
}

/** Can be dragged to a place, with a mouse, a pen or a finger; a press without moving stays a click. The page scrolls as ever by what is not draggable. */
export function draggable(element, onDrop) {
  element.classList.add("draggable");
  element.addEventListener("pointerdown", event => {
    if (event.button === 0 && event.isPrimary) new Drag(element, event, onDrop);
  });
  // Without this a quick drag leaves a fling behind, which swallows the next tap.
  element.addEventListener("touchmove", event => event.preventDefault(), { passive: false });
  return element;
}

class Drag {
  #element;
  #start;
  #onDrop;
  #ghost = null;
  #over = null;
  #listening = new AbortController();

  constructor(element, start, onDrop) {
    [this.#element, this.#start, this.#onDrop] = [element, start, onDrop];
    const on = (name, act) => addEventListener(name, act, { signal: this.#listening.signal, capture: true });
    on("pointermove", event => this.#move(event));
    on("pointerup", event => this.#end(event));
    on("pointercancel", () => this.#stop());
    on("keydown", event => { if (event.key === "Escape" && this.#ghost) { event.stopPropagation(); this.#stop(); } });
  }

  #move(event) {
    if (event.pointerId !== this.#start.pointerId) return;
    if (!this.#ghost && Math.hypot(event.clientX - this.#start.clientX, event.clientY - this.#start.clientY) < Slack) return;
    this.#ghost ??= this.#begin();
    this.#ghost.style.translate = `${event.clientX}px ${event.clientY}px`;
    this.#mark(placeAt(event.clientX, event.clientY));
  }

  #begin() {
    const ghost = h("div", { class: "ghost", "aria-hidden": "true" }, this.#element.textContent.match(/\d/)?.[0] ?? "");
    document.body.append(ghost);
    this.#element.classList.add("dragged");
    return ghost;
  }

  #end(event) {
    if (event.pointerId !== this.#start.pointerId) return;
    const [wasDragged, over] = [this.#ghost !== null, this.#over];
    this.#stop();
    if (!wasDragged) return;
    // The click that ends a drag is none.
    const swallow = click => { click.preventDefault(); click.stopPropagation(); };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    if (over) this.#onDrop(places.get(over));
  }

  #mark(place) {
    this.#over?.classList.remove("over");
    this.#over = place;
    place?.classList.add("over");
  }

  #stop() {
    this.#listening.abort();
    this.#mark(null);
    this.#ghost?.remove();
    this.#ghost = null;
    this.#element.classList.remove("dragged");
  }
}

/** The nearest place within reach; none elsewhere. */
function placeAt(x, y) {
  const all = [...document.querySelectorAll(".place")].map(element => ({ element, away: distance(element.getBoundingClientRect(), x, y) }));
  const nearest = all.reduce((best, one) => one.away < best.away ? one : best, { element: null, away: Reach });
  return nearest.element;
}

function distance(box, x, y) {
  return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
}
