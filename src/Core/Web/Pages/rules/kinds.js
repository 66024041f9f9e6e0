import { h } from "../shared/dom.js";
import { fromSeconds, toSeconds } from "../shared/timespan.js";

/** How a kind of setting is put in, read and said. Each: make(spec) → the control; set(control, value); get(control) → the value as the server takes it; say(value) → in words.
 * What can't be read is given as it was typed: the server says what is wrong with it. */
export const Kinds = {
  text: texts(spec => h("input", { maxlength: spec.longest, required: spec.required, placeholder: spec.example })),
  area: texts(spec => h("textarea", { rows: spec.rows, spellcheck: "false", placeholder: spec.example })),
  number: numbers(value => value, number => number),
  // Percent on the page, a share of 1 for the server.
  share: { ...numbers(value => Math.round(value * 10_000) / 100, number => Math.round(number * 100) / 10_000), say: value => `${Math.round(value * 10_000) / 100}%` },
  minutes: { ...numbers(value => toSeconds(value) / 60, number => fromSeconds(number * 60)), say: value => `${toSeconds(value) / 60} minutes` },
  seconds: { ...numbers(toSeconds, fromSeconds), say: value => `${toSeconds(value)} seconds` },
  choice: {
    make: spec => h("select", {}, spec.options.map(([value, label]) => h("option", { value }, label))),
    // Where nothing was ever chosen, the first is meant.
    set: (select, value) => { select.value = String(value ?? select.options[0].value); },
    get: select => /^\d+$/.test(select.value) ? Number(select.value) : select.value,
    say: (value, spec) => spec.options.find(([option]) => option === String(value))?.[1] ?? String(value),
  },
  check: { make: () => h("input", { type: "checkbox" }), set: (box, value) => { box.checked = value; }, get: box => box.checked, say: value => value ? "yes" : "no" },
  several: {
    make: spec => h("div", { class: "several", role: "group", "aria-label": spec.label }, spec.options.map(([value, label]) => h("label", { class: "check" }, h("input", { type: "checkbox", value }), label))),
    set: (group, value) => { for (const box of group.querySelectorAll("input")) box.checked = value.includes(box.value); },
    get: group => [...group.querySelectorAll("input:checked")].map(box => box.value),
    say: (value, spec) => value.map(one => spec.options.find(([option]) => option === one)?.[1] ?? one).join(", "),
  },
};

function texts(make) {
  return { make, set: (input, value) => { input.value = value ?? ""; }, get: input => input.value, say: value => value };
}

/** @param show server's value → number shown; @param read the other way round. An empty field is null: no bound, never. */
function numbers(show, read) {
  return {
    make: spec => h("input", { type: "number", inputmode: "decimal", min: spec.min, max: spec.max, step: spec.step ?? 1, placeholder: spec.empty }),
    set: (input, value) => { input.value = value === null || value === undefined ? "" : show(value); },
    get: input => input.value === "" ? null : read(Number(input.value)),
    say: value => String(value),
  };
}
