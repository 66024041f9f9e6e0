import { h, byId, show } from "../shared/dom.js";
import { attempt, problemNotice } from "../shared/owner.js";

/** The page's sections behind links: the address's fragment names the one that is shown (#people), so that each can be linked to, and back and forward work.
 * A section is made when it is first opened and looks for news only while it is shown.
 * sections: [{name, title, mount(panel)}, …]; mount puts the cards into the panel and may return a function that looks for news. */
export class Sections {
  #sections;
  #titled;
  #current = null;

  /** @param titled (title of the section) called when another one is shown. */
  constructor(sections, titled) {
    this.#titled = titled;
    this.#sections = sections.map(section => {
      const link = h("a", { href: `#${section.name}` }, section.title);
      const panel = h("section", { class: "panel", id: `section-${section.name}`, "aria-label": section.title, tabindex: "-1", hidden: true });
      return { ...section, link, panel };
    });
    this.element = h("nav", { class: "sections", "aria-label": "Sections" }, h("ul", {}, this.#sections.map(({ link }) => h("li", {}, link))));
    addEventListener("hashchange", () => this.#open({ moveFocus: true }));
  }

  get panels() {
    return this.#sections.map(({ panel }) => panel);
  }

  titleOf(name) {
    return this.#sections.find(section => section.name === name).title;
  }

  start() {
    return this.#open({ moveFocus: false });
  }

  /** Looks for news in the section that is shown. */
  async refresh() {
    await this.#current?.refresh?.();
  }

  /** Marks the sections that hold something for the owner to do. @param names of them */
  mark(names) {
    for (const { name, title, link } of this.#sections)
      show(link, title, names.has(name) && h("span", { class: "dot" }, h("span", { class: "hidden-visually" }, " (needs attention)")));
  }

  async #open({ moveFocus }) {
    const named = location.hash.slice(1);
    const section = this.#sections.find(({ name }) => name === named) ?? this.#sections[0];
    if (section === this.#current) return;
    this.#current = section;
    for (const { link, panel } of this.#sections) {
      panel.hidden = panel !== section.panel;
      if (link === section.link) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    byId("flash").hidden = true;
    this.#titled(section.title);
    // As a new page would: whoever reads on with a screen reader or Tab begins at the section's start.
    if (moveFocus) section.panel.focus({ preventScroll: true });
    await (section.isMounted ? section.refresh?.() : this.#mount(section));
  }

  async #mount(section) {
    section.isMounted = true;
    try {
      section.refresh = await section.mount(section.panel);
    } catch (error) {
      section.isMounted = false;
      show(section.panel, problemNotice(error), h("div", {}, h("button", { type: "button", onclick: () => attempt(() => this.#mount(section)) }, "Try again")));
    }
  }
}
