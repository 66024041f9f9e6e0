/** Makes an element. Strings become text, never markup; on* properties become listeners. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.setAttribute("class", value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Puts these children in the place of what is there. */
export function show(element, ...children) {
  element.replaceChildren(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
}

/** Sets the filled share (0..1) of a .bar; one that only repeats a figure beside it has no role and says nothing. */
export function setBar(bar, share) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  bar.firstElementChild.style.width = `${percent}%`;
  if (bar.getAttribute("role") === "progressbar") bar.setAttribute("aria-valuenow", String(Math.round(percent)));
}
