import { h, show } from "../shared/dom.js";
import { Kinds } from "./kinds.js";
import { toRequest } from "./request.js";

/** Settings as fields. Knows which were touched; puts the server's error beside the field it is about. */
export class RuleFields {
  #fields = new Map();

  /** @param groups as in specs.js. @param values the server's settings. @param defaults the server's; said beside each field. @param isThere whether the campaign is there already: some settings stay then. */
  constructor(groups, values, defaults, { isThere = false, changed = () => {} } = {}) {
    for (const spec of groups.flatMap(group => group.fields)) this.#fields.set(spec.name, this.#make(spec, at(defaults, spec.name), isThere, changed));
    this.put(values);
  }

  /** The elements of a group's fields, in order. */
  elements(group) {
    return group.fields.map(spec => this.#fields.get(spec.name).element);
  }

  /** The element of one field. */
  element(name) {
    return this.#fields.get(name).element;
  }

  /** Puts a text where nothing was typed. */
  suggest(name, text) {
    const { control } = this.#fields.get(name);
    if (control.value === "") control.value = text;
  }

  /** Takes in what the server has now; what was touched stays as it is typed. */
  put(values) {
    for (const [name, field] of this.#fields) {
      const touched = this.#isTouched(field);
      field.base = at(values, name) ?? null;
      if (!touched) this.#set(field);
    }
  }

  /** Only what was touched, as the server's JSON. */
  get changes() {
    const changes = {};
    for (const [name, field] of this.#fields)
      if (this.#isTouched(field)) put(changes, name, field.kind.get(field.control));
    return toRequest(changes, name => this.#fields.get(name)?.base ?? null);
  }

  get isChanged() {
    return [...this.#fields.values()].some(field => this.#isTouched(field));
  }

  reset() {
    for (const field of this.#fields.values()) this.#set(field);
    this.clearErrors();
  }

  clearErrors() {
    for (const field of this.#fields.values()) this.#say(field, "");
  }

  /** @returns whether the error is about one of these fields; it stands beside it then, and the field has the focus. */
  showError(error) {
    const field = this.#fields.get(error.field) ?? [...this.#fields.values()].find(({ spec }) => error.field?.startsWith(`${spec.name}[`));
    if (!field) return false;
    // Where it stands says which one it is.
    this.#say(field, `${error.message.replace(` (${error.field})`, "")} ${error.remedy ?? ""}`);
    field.element.closest("details")?.setAttribute("open", "");
    // Not behind what stays at the window's edge.
    field.element.scrollIntoView({ block: "center" });
    (field.control.matches("input, select, textarea") ? field.control : field.control.querySelector("input")).focus({ preventScroll: true });
    return true;
  }

  #make(spec, usual, isThere, changed) {
    const kind = Kinds[spec.kind], control = kind.make(spec), id = `rule-${spec.name.replaceAll(".", "-")}`;
    const hint = h("span", { class: "hint", id: `${id}-hint` });
    const error = h("span", { class: "field-error", id: `${id}-error`, role: "alert" });
    control.id = id;
    control.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
    control.addEventListener("input", () => { this.#say(field, ""); changed(); });
    const label = spec.kind === "check" ? h("label", { class: "check" }, control, spec.label) : spec.kind === "several" ? [h("span", { class: "label" }, spec.label), control] : [h("label", { for: id }, spec.label), control];
    const field = { spec, kind, control, hint, error, usual, base: null, shown: undefined, isThere, element: h("div", { class: `field${spec.wide ? " wide" : ""}` }, label, hint, error) };
    return field;
  }

  #set(field) {
    const { spec, kind, control, hint, base, isThere } = field;
    kind.set(control, base);
    field.shown = JSON.stringify(kind.get(control));
    const stays = isThere && (spec.fixed ?? ((base === true && spec.onceOn) || (base !== null && spec.onceSet)));
    control.disabled = Boolean(stays);
    hint.textContent = stays || [spec.hint, usually(field)].filter(Boolean).join(" ");
  }

  #isTouched({ kind, control, shown }) {
    return shown !== undefined && JSON.stringify(kind.get(control)) !== shown;
  }

  #say({ control, error }, text) {
    show(error, text);
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

function usually({ kind, spec, usual }) {
  return usual !== undefined && usual !== "" && spec.kind !== "check" && `Usual: ${kind.say(usual, spec)}.`;
}

/** A group of fields that can be folded. */
export function ruleGroup(group, fields, open = false) {
  return h("details", { open }, h("summary", {}, group.title), h("div", { class: "rule-group", role: "group", "aria-label": group.title }, fields.elements(group)));
}

function at(values, path) {
  return path.split(".").reduce((part, name) => part?.[name], values);
}

function put(values, path, value) {
  const names = path.split("."), last = names.pop();
  names.reduce((part, name) => part[name] ??= {}, values)[last] = value;
}
