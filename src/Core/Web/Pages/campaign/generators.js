import { h, setBar } from "../shared/dom.js";
import { count, interval, percent } from "../shared/format.js";

/** Which generator's answers win: Bradley–Terry over all rankings that count. */
export function generatorTable(generators) {
  return [
    h("h3", {}, "Generators"),
    h("div", { class: "scroll" }, h("table", { class: "stacks" },
      h("thead", {}, h("tr", {}, ["Generator", "Wins against the others", "", "Won", "Tied", "Lost"].map(head => h("th", { scope: "col" }, head)))),
      h("tbody", {}, generators.map(row)))),
  ];
}

function row({ generator, winShare, wins, ties, losses }) {
  const bar = h("div", { class: "bar" }, h("span"));
  setBar(bar, winShare.value);
  return h("tr", {}, h("th", { scope: "row", class: "who" }, h("span", { class: "name" }, generator)),
    h("td", { class: "numbers", "data-label": "Wins against the others" }, percent(winShare.value), h("small", {}, interval(winShare, percent))),
    h("td", { class: "wide" }, bar),
    ...[["Won", wins], ["Tied", ties], ["Lost", losses]].map(([label, number]) => h("td", { class: "numbers", "data-label": label }, count(number))));
}
