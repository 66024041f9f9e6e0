import { h } from "../shared/dom.js";
import { TextBox } from "./texts.js";

const RoleNames = { system: "Setting", user: "User", assistant: "Assistant" };

/** The prompt as a conversation; its end is in view, since the answers go on from there. @returns {{element, texts}} */
export function conversation(messages) {
  const texts = messages.map(message => new TextBox(message.content));
  const element = h("section", { class: "conversation", "aria-label": "Prompt", tabindex: "0" }, messages.map((message, index) =>
    h("div", { class: `turn ${message.role}` }, h("span", { class: "role" }, RoleNames[message.role] ?? message.role), texts[index].element)));
  element.addEventListener("scroll", () => element.classList.toggle("clipped", element.scrollTop > 4), { passive: true });
  return { element, texts };
}
