import { h, byId, show } from "../shared/dom.js";
import { openOwnerPage, query } from "../shared/owner.js";
import { exchange } from "./exchange.js";

openOwnerPage(async api => {
  const id = query("run");
  if (!id) return show(byId("main"), h("p", { class: "notice" }, "The address names no run. Open the arena from a run's page."));
  byId("run-crumb").href = `/run?id=${id}`;
  byId("run-crumb").textContent = id;
  const { run } = await api("GET", `/api/runs/${id}`);
  if (!run.results?.model) return show(byId("main"), h("p", { class: "notice" }, `Run ${id} has no tuned model (${run.state}).`));
  show(byId("main"), h("div", { class: "page-head" }, h("h1", {}, "Base and tuned, side by side")), exchange(api, id));
});
