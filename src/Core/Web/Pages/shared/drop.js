import { h } from "./dom.js";

/** A place to drop one file on, or to choose it. */
export function dropZone(label, hint, onFile) {
  const input = h("input", { type: "file", accept: ".jsonl,.json,.csv,.txt,.parquet", onchange: () => { if (input.files.length > 0) onFile(input.files[0]); input.value = ""; } });
  const zone = h("label", { class: "drop" }, h("strong", {}, label), h("span", { class: "muted small" }, hint), input);
  zone.addEventListener("dragover", event => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", event => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length > 0) onFile(event.dataTransfer.files[0]);
  });
  return zone;
}

/** What became of a file, in words. */
export function describeIngest(report) {
  const what = report.imported ? "comparisons" : "prompts";
  const parts = [`${report.accepted} ${what} added`];
  if (report.duplicates > 0) parts.push(`${report.duplicates} were there already`);
  if (report.rejected > 0) parts.push(`${report.rejected} are no ${what}`);
  const first = report.errors?.[0];
  return `${parts.join(", ")}.${first ? ` ${first.line > 0 ? `Line ${first.line}: ` : ""}${first.message} ${first.remedy}` : ""}`;
}
