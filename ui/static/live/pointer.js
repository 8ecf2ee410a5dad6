// What is under the pointer or the focus, the tip that names it, and the real buttons that lie over the canvas.

import { boxAt, curveAt, inside, numeral, weightAt, LEVELS, MISSING } from "./scene.js";

const REACH = 5; // CSS pixels from the pointer to an edge
const STEPS = 24; // straight pieces an edge is measured by
const STRIDES = [50, 50]; // arrow keys from one side of a plane to the other
const NEAR = 0.004; // of a pad's side: a stroke takes no places nearer to each other
const LONGEST = 1500; // places in a stroke
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Listen to the pointer over a view's stage. */
export function attend(view) {
  const { stage, canvas } = view;
  const look = (event) => {
    view.pointer = spotOf(view, event);
    refresh(view);
  };
  stage.addEventListener("pointermove", look);
  stage.addEventListener("pointerdown", look);
  stage.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && forget(view));
  canvas.addEventListener("click", () => {
    const { edge } = view.hover;
    if (edge?.item.id) view.send({ kind: "edge", id: edge.item.id, index: edge.index });
  });
  const tapped = (event) => event.composedPath().includes(stage) || forget(view);
  document.addEventListener("pointerdown", tapped, { signal: view.ending.signal });
}

function forget(view) {
  view.pointer = null;
  refresh(view);
}

function refresh(view) {
  if (view.scene && sense(view)) view.redraw();
}

/** A mouse event's place in scene units. */
function spotOf(view, event) {
  const { left, top } = view.stage.getBoundingClientRect();
  return [(event.clientX - left) / view.scale, (event.clientY - top) / view.scale];
}

/** Find out what is under the pointer, or else the focus, and name it; true when the picture depends on it. */
export function sense(view) {
  const spot = view.pointer ?? focused(view);
  const before = view.hover;
  view.hover = spot ? under(view, spot) : {};
  tell(view, spot);
  return before.tile?.key !== view.hover.tile?.key || before.edge?.key !== view.hover.edge?.key;
}

function focused(view) {
  const item = view.scene.spots.find((spot) => view.buttons.get(spot.id)?.matches(":focus-visible"));
  if (!item) return null;
  const [x, y, width, height] = item.box;
  return view.aim?.id === item.id ? [x + view.aim.x * width, y + view.aim.y * height] : [x + width / 2, y + height / 2];
}

function under(view, spot) {
  const hot = view.scene.spots.findLast((item) => inside(item.box, spot));
  const tile = tileUnder(view.scene, spot);
  const edge = hot || tile ? null : edgeUnder(view, spot);
  return { hot, tile, edge };
}

function tileUnder(scene, spot) {
  for (const [place, item] of scene.items.entries()) {
    if (item.kind !== "sheet" || !(item.ids || item.titles || item.readout)) continue;
    for (let index = 0; index < item.boxes.length / 4; index++) {
      const box = boxAt(item.boxes, index);
      if (!inside(box, spot)) continue;
      const id = item.ids?.[index];
      return { key: `${place} ${index}`, item, index, box, id, title: item.titles?.[index] ?? id ?? "" };
    }
  }
  return null;
}

function edgeUnder(view, spot) {
  let best = { distance: REACH / view.scale };
  for (const [place, item] of view.scene.items.entries()) {
    if (item.kind !== "edges") continue;
    for (let index = 0; index < item.weights.length; index++) {
      const distance = distanceTo(curveAt(item, index), spot, best.distance);
      if (distance < best.distance) best = { key: `${place} ${index}`, item, index, distance };
    }
  }
  return best.item ? best : null;
}

function distanceTo([[x0, y0], [x1, y1], [x2, y2], [x3, y3]], [x, y], reach) {
  if (x < Math.min(x0, x3) - reach || x > Math.max(x0, x3) + reach) return Infinity;
  if (y < Math.min(y0, y3) - reach || y > Math.max(y0, y3) + reach) return Infinity;
  let [nearest, fromX, fromY] = [Infinity, x0, y0];
  for (let step = 1; step <= STEPS; step++) {
    const t = step / STEPS;
    const s = 1 - t;
    const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    const [toX, toY] = [a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3];
    const [dx, dy] = [toX - fromX, toY - fromY];
    const along = Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(fromX + along * dx - x, fromY + along * dy - y));
    [fromX, fromY] = [toX, toY];
  }
  return nearest;
}

// --- the tip ---------------------------------------------------------------------------------------------------------

function tell(view, spot) {
  const words = spot ? tipOf(view, spot) : "";
  view.tip.hidden = !words;
  if (!words) return;
  if (view.tip.textContent !== words) view.tip.textContent = words;
  const [x, y] = [spot[0] * view.scale, spot[1] * view.scale];
  const room = view.stage.clientWidth - view.tip.offsetWidth;
  const above = y - view.tip.offsetHeight - 12;
  view.tip.style.left = `${Math.max(0, Math.min(x + 12, room))}px`;
  view.tip.style.top = `${above >= 0 ? above : y + 20}px`;
}

function tipOf(view, spot) {
  const { hot, tile, edge } = view.hover;
  if (hot?.kind === "hot") return hot.tip;
  if (hot?.kind === "pad") return "";
  if (hot && view.aim?.id === hot.id && !tile?.item.rows) return aimed(view, hot);
  if (edge) return sentence(edge.item.names?.[edge.index], edge.item.readout, numeral(weightAt(edge.item, edge.index)));
  if (!tile) return "";
  const isNumber = tile.item.readout && tile.item.palette !== "rgb";
  return isNumber ? readout(tile, spot) : tile.title;
}

const sentence = (...words) => words.filter(Boolean).join(" ");

function readout({ item, index, box, title }, [x, y]) {
  const [rows, cols] = item.shape;
  const row = Math.min(rows - 1, Math.floor(((y - box[1]) / box[3]) * rows));
  const col = Math.min(cols - 1, Math.floor(((x - box[0]) / box[2]) * cols));
  const code = item.values[(index * rows + row) * cols + col];
  const [low, high] = item.range;
  const where = item.rows ? `${item.rows[row]} → ${item.columns[col]}:` : title;
  if (code === MISSING && item.missing) return sentence(where, item.missing);
  return sentence(where, item.readout, numeral(code === MISSING ? NaN : low + (code / LEVELS) * (high - low)));
}

// --- the buttons -----------------------------------------------------------------------------------------------------

/** Make the buttons over the canvas agree with the scene; one that stays keeps its node, and with it the focus. */
export function arrange(view) {
  const kept = new Map(view.scene.spots.map((item) => [item.id, view.buttons.get(item.id) ?? button(view, item.id)]));
  for (const [id, node] of view.buttons) if (!kept.has(id)) node.remove();
  view.buttons = kept;
  view.scene.spots.forEach((item, index) => {
    const node = kept.get(item.id);
    if (view.layer.children[index] !== node) view.layer.insertBefore(node, view.layer.children[index] ?? null);
    dress(view, node, item);
  });
}

function button(view, id) {
  const node = document.createElement("button");
  const item = () => view.scene.spots.find((spot) => spot.id === id);
  node.type = "button";
  node.dataset.id = id;
  node.addEventListener("click", (event) => press(view, item(), event));
  node.addEventListener("contextmenu", (event) => {
    if (item().kind !== "plane") return;
    event.preventDefault();
    press(view, item(), event);
  });
  node.addEventListener("keydown", (event) => item().kind !== "hot" && aim(view, item(), event));
  for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"])
    node.addEventListener(kind, (event) => item()?.kind === "pad" && drawn(view, item(), event));
  node.addEventListener("focus", () => refresh(view));
  node.addEventListener("blur", () => aimAt(view, null));
  return node;
}

function dress(view, node, item) {
  const state = JSON.stringify([view.scene.size, { ...item, event: 0 }]);
  if (node.state === state) return;
  node.state = state;
  const [x, y, width, height] = item.box;
  const [across, down] = view.scene.size;
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(node.style, { left: percent(x, across), top: percent(y, down) });
  Object.assign(node.style, { width: percent(width, across), height: percent(height, down) });
  node.style.cursor = item.kind !== "hot" ? "crosshair" : item.disabled ? "not-allowed" : item.cursor;
  node.className = item.kind === "pad" ? "plane pad" : item.kind === "plane" ? "plane" : item.glyph ? "glyph" : "";
  node.textContent = item.glyph ?? "";
  node.setAttribute("aria-label", item.tip);
  attribute(node, "aria-pressed", item.pressed);
  attribute(node, "aria-disabled", item.disabled);
}

function attribute(node, name, value) {
  if (value === undefined) node.removeAttribute(name);
  else node.setAttribute(name, String(value));
}

function press(view, item, event) {
  if (item.disabled) return;
  if (item.kind === "hot") return view.send({ kind: "hot", id: item.id, ...item.event });
  const byKeyboard = event.detail === 0 && event.type === "click";
  if (item.kind === "pad") return byKeyboard ? finish(view, item, [share(view, item)]) : undefined;
  const [x, y] = byKeyboard ? share(view, item) : shareAt(item, spotOf(view, event));
  const [[left, right], [bottom, top]] = item.limits;
  const { shiftKey: shift, altKey: alt, button } = event;
  const spot = { x: left + x * (right - left), y: top + y * (bottom - top) };
  view.send({ kind: "plane", id: item.id, ...spot, shift, alt, button });
}

const shareAt = ({ box: [left, top, width, height] }, [x, y]) => [(x - left) / width, (y - top) / height];
const share = (view, item) => (view.aim?.id === item.id ? [view.aim.x, view.aim.y] : [0.5, 0.5]);

/** A stroke grows while the pointer is down, and is sent when it is lifted. */
function drawn(view, item, event) {
  if (event.button > 0) return;
  const spot = shareAt(item, spotOf(view, event)).map((value) => Math.min(1, Math.max(0, value)));
  if (event.type === "pointerdown") {
    event.target.setPointerCapture(event.pointerId);
    view.aim = null;
    view.stroke = { id: item.id, spots: [spot], isOpen: true };
    view.redraw();
  }
  if (!view.stroke?.isOpen) return;
  const { spots } = view.stroke;
  const [x, y] = spots.at(-1);
  if (Math.hypot(spot[0] - x, spot[1] - y) > NEAR && spots.length < LONGEST) spots.push(spot);
  if (event.type === "pointermove") view.redraw();
  else if (event.type !== "pointerdown") finish(view, item, spots);
}

/** Send a whole stroke; it stays in the picture until the next scene. */
function finish(view, item, spots) {
  view.stroke = { id: item.id, spots, isOpen: false };
  view.redraw();
  const rounded = (value) => Math.round(value * 1e4) / 1e4;
  view.send({ kind: "pad", id: item.id, stroke: spots.map((spot) => spot.map(rounded)) });
}

function aim(view, item, event) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const [x, y] = share(view, item);
  const strides = item.steps ?? STRIDES;
  const half = item.steps ? strides.map((number) => 0.5 / number) : [0, 0]; // in the middle of a cell
  const move = (value, side) => {
    const start = item.steps ? (Math.min(Math.floor(value * strides[side]), strides[side] - 1) + 0.5) / strides[side] : value;
    return Math.min(1 - half[side], Math.max(half[side], start + step[side] / strides[side]));
  };
  view.pointer = null;
  aimAt(view, { id: item.id, x: move(x, 0), y: move(y, 1) });
  if (item.kind === "pad" && event.shiftKey) finish(view, item, [[x, y], [view.aim.x, view.aim.y]]); // prettier-ignore
}

function aimAt(view, aim) {
  view.aim = aim;
  sense(view);
  view.redraw();
}

function aimed(view, item) {
  const [[left, right], [bottom, top]] = item.limits;
  return `x ${numeral(left + view.aim.x * (right - left))}, y ${numeral(top + view.aim.y * (bottom - top))}`;
}
