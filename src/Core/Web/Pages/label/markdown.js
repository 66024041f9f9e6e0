import { h } from "../shared/dom.js";

const Tags = ["p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span"];

const Letter = /\p{L}/u;
const RightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}]/u;

/** Texts of the task shown and of the one ahead, nine answers and some turns each. */
const MostKept = 40;

let render = null;
const kept = new Map();

/** The parser and the sanitizer are fetched when somebody first asks for formatted text. */
export async function loadMarkdown() {
  if (render) return;
  const [{ Marked }, { default: purify }] = await Promise.all([import("../vendor/marked/marked.js"), import("../vendor/dompurify/dompurify.js")]);
  const marked = new Marked({ gfm: true, breaks: true, renderer: Harmless });
  render = text => purify.sanitize(marked.parse(text), { ALLOWED_TAGS: Tags, ALLOWED_ATTR: ["start", "class"], ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false, RETURN_DOM_FRAGMENT: true });
}

/** Markdown as elements. HTML in it stays text, images and links become their words. Call loadMarkdown first. */
export function toFragment(text) {
  prepare(text);
  return kept.get(text).cloneNode(true);
}

/** Does the work for a text that is shown soon. */
export function prepare(text) {
  if (!render || kept.has(text)) return;
  kept.set(text, made(text));
  if (kept.size > MostKept) kept.delete(kept.keys().next().value);
}

function made(text) {
  const fragment = render(text);
  // Without a letter, "auto" would be left to right: a number in a table from the right stands as its column does.
  for (const block of fragment.querySelectorAll("p, h1, h2, h3, h4, h5, h6, th, td")) if (Letter.test(block.textContent)) block.setAttribute("dir", "auto");
  // What holds blocks with a direction of their own would find none by "auto", and its markers, bar or columns stand on a side.
  for (const holder of fragment.querySelectorAll("ul, ol, li, blockquote, table")) holder.setAttribute("dir", directionOf(holder.textContent));
  for (const code of fragment.querySelectorAll("pre")) {
    code.setAttribute("dir", "ltr");
    code.tabIndex = 0;
  }
  for (const table of fragment.querySelectorAll("table")) table.replaceWith(h("div", { class: "table-scroll", tabindex: "0", dir: table.dir }, table.cloneNode(true)));
  return fragment;
}

/** Of the first letter, as "auto" has it. */
function directionOf(text) {
  const first = Letter.exec(text)?.[0] ?? "";
  return RightToLeft.test(first) ? "rtl" : "ltr";
}

const Harmless = {
  html: ({ text }) => escaped(text),
  image: ({ text, href }) => `<span class="inert">${escaped(`image: ${text || href}`)}</span>`,
  link({ tokens, href, text }) {
    const shown = this.parser.parseInline(tokens);
    return text === href ? `<span class="inert">${shown}</span>` : `<span class="inert">${shown}</span> <span class="inert address">${escaped(href)}</span>`;
  },
  checkbox: ({ checked }) => checked ? "☑ " : "☐ ",
};

function escaped(text) {
  return text.replace(/[&<>"']/g, character => `&#${character.codePointAt(0)};`);
}
