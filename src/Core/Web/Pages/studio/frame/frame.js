"use strict";

/* Runs in the sandboxed frame, an origin of its own: shows a task in Label Studio's editor and tells the page around it what came of it.
   In:  {type: "show", template, data, result?}   (result: an earlier one, to be changed)
   Out: {type: "ready"}, {type: "submitted", result}, {type: "skipped"}, {type: "failed", message}, {type: "active"}, {type: "height", height} */
(() => {
  const ActiveEvery = 1000;

  let editor = null;
  let shown = 0;
  let lastActive = 0;

  const tell = message => parent.postMessage(message, location.origin);

  // An origin of its own has no storage, and the editor expects some.
  for (const name of ["localStorage", "sessionStorage"]) {
    const kept = new Map();
    const storage = { getItem: key => kept.get(key) ?? null, setItem: (key, value) => { kept.set(key, String(value)); }, removeItem: key => { kept.delete(key); } };
    Object.defineProperty(window, name, { value: storage });
  }

  function show({ template, data, result }) {
    editor?.destroy();
    const number = ++shown;
    const current = act => (...args) => { if (number === shown) act(...args); };
    const send = current((_, annotation) => tell({ type: "submitted", result: annotation.serializeAnnotation() }));
    editor = new window.LabelStudio("label-studio", {
      config: template,
      interfaces: ["topbar", "controls", "submit", "update", "skip"],
      user: { pk: 1, firstName: "Annotator", lastName: "" },
      task: { id: number, data, predictions: [], annotations: result ? [{ id: "1", result }] : [] },
      onLabelStudioLoad: current(store => {
        const annotations = store.annotationStore;
        annotations.selectAnnotation((annotations.annotations[0] ?? annotations.addAnnotation({ userGenerate: true })).id);
      }),
      onSubmitAnnotation: send,
      onUpdateAnnotation: send,
      onSkipTask: current(() => tell({ type: "skipped" })),
    });
    scrollTo(0, 0);
  }

  function onMessage(event) {
    // Only the page that holds the frame, and only ours.
    if (event.source !== parent || event.origin !== location.origin || event.data?.type !== "show") return;
    try {
      show(event.data);
    } catch (error) {
      tell({ type: "failed", message: String(error?.message ?? error) });
    }
  }

  function onSign() {
    if (Date.now() - lastActive < ActiveEvery) return;
    lastActive = Date.now();
    tell({ type: "active" });
  }

  addEventListener("message", onMessage);
  for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"]) addEventListener(sign, onSign, { passive: true, capture: true });
  addEventListener("DOMContentLoaded", () => {
    new ResizeObserver(() => tell({ type: "height", height: Math.ceil(document.body.scrollHeight) })).observe(document.body);
    if (window.LabelStudio) tell({ type: "ready" });
    else tell({ type: "failed", message: "Label Studio's editor did not load." });
  });
})();
