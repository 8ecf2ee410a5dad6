// A frozen picture: the canvas keeps what it shows while the training goes on, until the same event comes again.

/** Listen for the event `freeze`; `next` shows a packet. */
export function freezable(view, next) {
  const note = view.stage.appendChild(Object.assign(document.createElement("div"), { className: "note", hidden: true }));
  note.role = "status";
  const toggle = () => {
    if (!view.isLarge || !view.scene) return;
    view.isFrozen = note.hidden;
    note.hidden = !view.isFrozen;
    note.textContent = `Picture frozen at step ${view.canvas.dataset.step}, training goes on (F: newest)`;
    if (!view.isFrozen && view.held) next(view, view.held);
    view.held = undefined;
  };
  document.addEventListener("freeze", toggle, { signal: view.ending.signal });
}
