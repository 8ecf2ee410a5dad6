// The picture as a file: a button in the corner, seen when the pointer or the focus is there, that offers PNG and SVG.

import { paint, sizesOf } from "./paint.js";
import { Vector } from "./vector.js";

const PNG_RATIO = 2; // pixels per CSS pixel

/** Put the button into a view's stage. */
export function offerSave(view) {
  view.frame.getRootNode().adoptedStyleSheets.push(styles);
  const box = Object.assign(document.createElement("div"), { className: "save" });
  const opener = named("button", "Save this picture", "⤓");
  const menu = Object.assign(document.createElement("div"), { className: "kinds", hidden: true });
  const open = (isOpen) => {
    menu.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
  };
  const offer = (kind, make) => {
    const button = named("button", `Save this picture as ${kind}`, kind);
    button.addEventListener("click", async () => {
      open(false);
      opener.focus();
      if (view.scene) download(await make(view), fileName(view, kind));
    });
    menu.append(button);
  };
  offer("PNG", png);
  offer("SVG", svg);
  open(false);
  opener.addEventListener("click", () => open(menu.hidden));
  box.addEventListener("keydown", (event) => {
    if (event.key === " ") event.stopPropagation(); // presses this button, not Play
    if (event.key !== "Escape" || menu.hidden) return;
    open(false);
    opener.focus();
  });
  const elsewhere = (event) => event.composedPath().includes(box) || open(false);
  document.addEventListener("pointerdown", elsewhere, { signal: view.ending.signal });
  box.append(opener, menu);
  view.stage.append(box);
}

function named(tag, label, text) {
  const node = Object.assign(document.createElement(tag), { type: "button", textContent: text, ariaLabel: label });
  if (text !== label) node.title = label;
  return node;
}

/** What paint.js needs to draw a view as it is, with nothing under the pointer. */
function penOf(view, ctx, ratio) {
  const { colours, font, atlases } = view;
  return { ctx, ...sizesOf(view, ratio), colours, font, hover: {}, aim: null, atlases, sprites: new Map() };
}

const sizeOf = ({ size, scale }) => size.map((side) => Math.round(side * scale));

function png(view) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = sizeOf(view).map((side) => side * PNG_RATIO);
  const ctx = canvas.getContext("2d");
  paint(penOf(view, ctx, PNG_RATIO), view.scene);
  ctx.globalCompositeOperation = "destination-over";
  ctx.fillStyle = view.colours.background;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function svg(view) {
  const ctx = new Vector(...sizeOf(view));
  paint({ ...penOf(view, ctx, 1), newCanvas: () => ctx.part() }, view.scene);
  return new Blob([ctx.svg(view.scene.alt, view.colours.background)], { type: "image/svg+xml" });
}

/** Named after the page and the step. */
function fileName(view, kind) {
  const page = location.pathname.split("/").filter(Boolean).pop() ?? "picture";
  const step = view.scene.meta.step;
  return `${page}${step === undefined ? "" : `-step-${step}`}.${kind.toLowerCase()}`;
}

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const styles = new CSSStyleSheet();
styles.replaceSync(`
  .save { position: absolute; top: 3px; right: 3px; display: flex; flex-direction: row-reverse; gap: 4px; opacity: 0; }
  .stage:hover .save, .save:focus-within { opacity: 1; }
  .kinds { display: flex; gap: 4px; }
  .kinds[hidden] { display: none; }
  .save button {
    position: static; min-width: 26px; height: 26px; padding: 0 7px; border: 1px solid var(--hairline);
    background: var(--background); color: var(--muted); font-size: 13px; line-height: 1; cursor: pointer;
  }
  .save button:hover { border-color: var(--accent); color: var(--accent); box-shadow: none; }
`);
