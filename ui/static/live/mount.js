// The live canvas: shows one scene after the other in the same element (see ui/live.py and figures/scene.py).
//
// Streamlit calls `show` with every packet and whenever the theme changes. The first call builds the view, the others
// find it again by their parent element; so the canvas, its buttons and the focus survive every tick.

import { coloursOn } from "./colours.js";
import { paint, sizesOf } from "./paint.js";
import { arrange, attend, sense } from "./pointer.js";
import { freezable } from "./freeze.js";
import { offerSave } from "./save.js";
import { decode } from "./scene.js";

const PREFIX = 16; // bytes: room for the height, whether on a projector, width and height of the scene, each a float32
const SHARED = ["text", "muted", "hairline", "background", "accent"]; // colours the style sheet needs
const views = new WeakMap();

export async function show({ data, parentElement, setTriggerValue, isReadOnly = false }) {
  if (!views.has(parentElement)) views.set(parentElement, open(parentElement));
  const view = views.get(parentElement);
  const [room, isLarge, ...size] = new Float32Array(data.slice(0, PREFIX).buffer);
  view.send = (event) => setTriggerValue("event", event);
  if (view.isLarge !== isLarge) view.sprites.clear();
  Object.assign(view, { room, isLarge, size, isReadOnly });
  view.frame.classList.toggle("large", isLarge > 0);
  clothe(view);
  fit(view);
  await next(view, data.subarray(PREFIX));
  return () => parentElement.isConnected || close(view, parentElement);
}

/** Show the scene of a packet, unless a later one was quicker. */
async function next(view, packed) {
  const turn = ++view.asked;
  const scene = await decode(packed);
  if (turn < view.shown) return;
  if (view.isFrozen) return void (view.held = packed);
  if (view.isReadOnly) scene.spots = [];
  Object.assign(view, { scene, shown: turn });
  if (view.canvas.ariaLabel !== scene.alt) view.canvas.ariaLabel = scene.alt;
  view.canvas.dataset.frame = turn;
  view.canvas.dataset.step = scene.meta.step ?? "";
  // a new number asks the visitor's eye to the picture, such as a lesson that starts further down
  if ((scene.meta.look ?? view.look) !== view.look && view.look !== undefined) view.frame.scrollIntoView({ block: "center" });
  view.look = scene.meta.look ?? view.look;
  if (!view.stroke?.isOpen) view.stroke = null; // this scene shows what became of it
  arrange(view);
  sense(view);
  draw(view);
}

function open(root) {
  const caches = { buttons: new Map(), atlases: [], sprites: new Map() };
  const view = { asked: 0, shown: 0, hover: {}, pointer: null, aim: null, ...caches };
  const make = (tag, name, parent) =>
    parent.appendChild(Object.assign(document.createElement(tag), { className: name }));
  root.adoptedStyleSheets = [styles];
  view.frame = make("div", "frame", root);
  view.stage = make("div", "stage", view.frame);
  view.canvas = make("canvas", "", view.stage);
  view.canvas.role = "img";
  view.layer = make("div", "layer", view.stage);
  view.tip = make("div", "tip", view.stage);
  view.tip.hidden = true;
  view.tip.ariaHidden = "true";
  view.ending = new AbortController();
  view.redraw = () => (view.pending ??= requestAnimationFrame(() => draw(view)));
  view.resized = new ResizeObserver(() => fit(view) && draw(view));
  view.resized.observe(view.frame);
  window.addEventListener("resize", () => fit(view) && draw(view), { signal: view.ending.signal });
  document.fonts.ready.then(() => draw(view));
  attend(view);
  freezable(view, next);
  offerSave(view);
  return view;
}

function close(view, root) {
  view.ending.abort();
  view.resized.disconnect();
  cancelAnimationFrame(view.pending);
  views.delete(root);
}

/** Take the colours and the font of the page. */
function clothe(view) {
  const page = getComputedStyle(view.frame);
  const background = page.getPropertyValue("--st-background-color").trim();
  view.font = page.getPropertyValue("--st-font").trim() || "sans-serif";
  if (view.colours?.background === background) return;
  view.colours = coloursOn(background);
  view.sprites.clear();
  view.frame.dataset.mode = view.colours.mode;
  for (const name of SHARED) view.frame.style.setProperty(`--${name}`, view.colours[name]);
}

/** Scale the scene to the width at hand and the height allowed; true when that changed the canvas. */
function fit(view) {
  const [width, height] = view.size ?? [];
  const most = view.room > 1 ? view.room : view.room > 0 ? view.room * window.innerHeight : Infinity;
  const scale = Math.min(view.frame.clientWidth / width, most / height);
  const ratio = window.devicePixelRatio || 1;
  const pixels = [Math.round(width * scale * ratio), Math.round(height * scale * ratio)];
  const isSame = scale === view.scale && pixels[0] === view.canvas.width && pixels[1] === view.canvas.height;
  if (isSame || !(scale > 0)) return false;
  Object.assign(view, { scale, ratio });
  view.stage.style.cssText = `width:${width * scale}px;height:${height * scale}px;--unit:${scale}px`;
  [view.canvas.width, view.canvas.height] = pixels;
  view.canvas.dataset.scale = scale.toFixed(4);
  view.sprites.clear();
  return true;
}

function draw(view) {
  view.pending = undefined;
  if (!view.scene || !view.scale) return;
  const started = performance.now();
  const { colours, font, hover, aim, stroke, atlases, sprites, ratio } = view;
  view.ctx ??= view.canvas.getContext("2d");
  const least = paint({ ctx: view.ctx, ...sizesOf(view, ratio), colours, font, hover, aim, stroke, atlases, sprites }, view.scene);
  view.canvas.dataset.smallest = (least / ratio).toFixed(2);
  view.canvas.dataset.ms = (performance.now() - started).toFixed(2);
}

const styles = new CSSStyleSheet();
styles.replaceSync(`
  :host { display: block; width: 100%; }
  .frame { width: 100%; font-family: var(--st-font, sans-serif); }
  .stage { position: relative; margin: 0 auto; touch-action: manipulation; }
  canvas { display: block; width: 100%; height: 100%; }
  button {
    position: absolute; box-sizing: border-box; margin: 0; padding: 0; border: 0; border-radius: 4px;
    background: none; color: inherit; font: inherit; -webkit-tap-highlight-color: transparent;
  }
  button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  .pad { touch-action: none; }
  button:not(.plane, [aria-disabled]):hover { box-shadow: 0 0 0 1.5px var(--accent); }
  .glyph {
    border: 1px solid var(--hairline); border-radius: 50%; background: var(--background); color: var(--muted);
    font-size: max(11px, calc(var(--unit) * 14)); line-height: 1; display: grid; place-items: center;
  }
  .glyph:not([aria-disabled]):hover { border-color: var(--accent); color: var(--accent); box-shadow: none; }
  .glyph[aria-disabled] { opacity: 0.4; }
  .tip {
    position: absolute; pointer-events: none; max-width: min(100%, 32em); box-sizing: border-box; padding: 3px 8px;
    border: 1px solid var(--hairline); border-radius: 4px; background: var(--background); color: var(--text);
    box-shadow: 0 1px 4px color-mix(in srgb, var(--text) 15%, transparent);
    font-size: 13px; line-height: 1.35; font-variant-numeric: tabular-nums; width: max-content; z-index: 1;
  }
  .large .glyph { font-size: calc(var(--unit) * 18); }
  .large .tip { font-size: calc(var(--unit) * 15); }
  .note {
    position: absolute; right: calc(var(--unit) * 28); bottom: calc(var(--unit) * 4); color: var(--muted);
    font-size: calc(var(--unit) * 15); pointer-events: none;
  }
  [hidden] { display: none; }
`);
