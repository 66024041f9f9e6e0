import { h, show } from "../shared/dom.js";
import { dropZone, describeIngest } from "../shared/drop.js";
import { count, kindName, plural, rankingsByKind } from "../shared/format.js";
import { attempt } from "../shared/owner.js";

const Kinds = ["person", "simulated", "llm"];

/** The data card: what goes out, in which format, and what comes in from elsewhere. */
export async function mountData(card, api, base, refresh) {
  const { exports } = await api("GET", "/api/formats");
  const imports = h("div", { class: "scroll" });
  const listImports = async () => show(imports, importTable((await api("GET", `${base}/imports`)).imports));
  show(card, h("h2", {}, "Data"), exportForm(exports, api, base), h("h3", {}, "Import"), importForm(api, base, async () => { await refresh(); await listImports(); }), imports);
  await listImports();
}

function exportForm(formats, api, base) {
  const format = h("select", { onchange: () => explain() }, formats.map(f => h("option", { value: f.name }, `${f.name}: ${f.title}`)));
  const split = h("select", {}, h("option", { value: "" }, "All splits"), ["train", "validation", "test"].map(name => h("option", { value: name }, `Only ${name}`)));
  const loses = h("div", { class: "small muted" });
  const one = h("button", { type: "button", onclick: () => get(`export?format=${format.value}${splitQuery()}`) }, "One file");
  const chosen = () => formats.find(f => f.name === format.value);
  const splitQuery = () => split.value ? `&split=${split.value}` : "";
  const explain = async () => {
    one.disabled = !chosen().holdsSplit && !split.value;
    const asked = format.value;
    // Of this campaign: what its label template has no place for is lost in some formats.
    const lost = await attempt(() => api("GET", `${base}/export/losses?format=${asked}`));
    if (asked === format.value) show(loses, h("details", {}, h("summary", {}, "What this format does not hold"), h("ul", {}, (lost ?? chosen()).loses.map(loss => h("li", {}, loss)))));
  };
  const get = path => attempt(() => download(api, `${base}/${path}`));
  split.addEventListener("change", explain);
  explain();
  return h("div", { class: "stack" },
    h("div", { class: "fields" }, h("label", {}, "Format", format), h("label", {}, "Split", split)), loses,
    h("div", { class: "row" },
      h("button", { type: "button", class: "primary", onclick: () => get(`export?format=${format.value}&as=zip${splitQuery()}`) }, "Download data set"), one,
      h("button", { type: "button", onclick: () => get(`card?format=${format.value}${splitQuery()}&as=markdown`) }, "Data card")),
    h("p", { class: "small muted" }, "The data set is an archive with a file for each split and its data card; one file comes with its card beside it. Annotators appear under pseudonyms."));
}

/** A file is read once to say what it would bring, and again when that is wanted. */
function importForm(api, base, done) {
  const result = h("div", { role: "status" });
  const path = (file, more) => `${base}/import?name=${encodeURIComponent(file.name)}${more}`;
  const check = file => attempt(async () => {
    show(result, h("p", { class: "small" }, `Reading ${file.name}…`));
    const found = await api("POST", path(file, "&check=true"), file).catch(error => { show(result); throw error; });
    show(result, checked(file, found, kind => take(file, kind)));
  });
  const take = (file, kind) => attempt(async () => {
    show(result, h("p", { class: "small" }, `Importing ${file.name}…`));
    const report = await api("POST", path(file, kind ? `&kind=${kind}` : ""), file).catch(error => { show(result); throw error; });
    show(result, h("p", { class: "small" }, `${file.name}: ${describeIngest(report)}`), (report.imported?.warnings ?? []).map(warning => h("p", { class: "notice" }, warning)));
    await done();
  });
  return h("div", { class: "stack" }, dropZone("Drop a file that has been ranked elsewhere", "TRL, HH, OpenAI, Arena votes, … as .jsonl .json .csv .parquet; you see what it brings first", check), result);
}

function checked(file, found, onImport) {
  const kind = h("select", { "aria-label": "Who ranked" }, h("option", { value: "" }, "Who ranked?"), Kinds.map(name => h("option", { value: name }, kindName(name))));
  const needsKind = found.kindNeeded > 0;
  const go = h("button", { type: "button", class: "primary", disabled: needsKind || found.comparisons === 0, onclick: () => onImport(kind.value) }, "Import");
  kind.addEventListener("change", () => { go.disabled = needsKind && !kind.value; });
  const notes = Object.entries(found.notes ?? {}).map(([note, times]) => `${note} (${plural(times, "time")})`);
  return h("div", { class: "stack" },
    h("p", {}, `${file.name}, read as ${found.format}: ${plural(found.comparisons, "comparison")} (${splits(found.splits)})${found.rejected > 0 ? `; not usable: ${plural(found.rejected, "line")}` : ""}.`),
    found.errors.length > 0 && h("ul", { class: "small" }, found.errors.slice(0, 5).map(error => h("li", {}, `Line ${error.line}: ${error.message} ${error.remedy}`))),
    [...notes, ...found.loses].length > 0 && h("details", { class: "small muted" }, h("summary", {}, "What is not kept"), h("ul", {}, [...notes, ...found.loses].map(text => h("li", {}, text)))),
    needsKind && h("p", { class: "small" }, "The file does not say who ranked. It decides what the rankings count for, and is kept with them."),
    h("div", { class: "row" }, needsKind && kind, go));
}

function importTable(reports) {
  if (reports.length === 0) return h("p", { class: "muted small" }, "Nothing has been imported yet.");
  return h("table", {}, h("thead", {}, h("tr", {}, ["File", "Format", "Comparisons", "Rankings", "Annotators"].map(head => h("th", { scope: "col" }, head)))),
    h("tbody", {}, reports.map(({ imported }) => h("tr", {}, h("td", {}, imported.name), h("td", {}, imported.format), h("td", { class: "numbers" }, count(imported.counts.comparisons)),
      h("td", {}, rankingsByKind(imported.counts.rankings)), h("td", {}, h("code", {}, `${imported.annotators}-…`))))));
}

function splits(counts) {
  return Object.entries(counts).map(([name, number]) => `${count(number)} ${name}`).join(", ");
}

async function download(api, path) {
  const response = await api("GET", path, undefined, { raw: true });
  const name = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "data-card.md";
  save(await response.blob(), name);
  const card = /<([^>]+)>;\s*rel="describedby"/.exec(response.headers.get("Link") ?? "")?.[1];
  if (card) save(await (await api("GET", `${path.slice(0, path.lastIndexOf("/"))}/${card}&as=markdown`, undefined, { raw: true })).blob(), `${name.replace(/\.[^.]+$/, "")}.card.md`);
}

function save(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
