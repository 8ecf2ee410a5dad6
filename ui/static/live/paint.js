// Draws a scene: one function for each kind of item, in the order of the list.
//
// All drawing is in device pixels. `pen.k` is device pixels per scene unit, `pen.u` per CSS pixel; a hairline is one
// `pen.u` wide at every size of the canvas, `pen.stroke` times as much on a projector (`pen.scale`, see Scale in
// figures/theme.py). `pen.hover` says what is under the pointer.

import { css, cssOfPixel } from "./colours.js";
import { LEVELS, MISSING, OUTSIDE, PLACES, boxAt, curveAt, weightAt } from "./scene.js";
import theme from "./theme.js";

const SMALLEST_TEXT = 11; // CSS pixels
const SMALLEST_SHARE = 1 / 60; // of the window's height, on a projector
const HOLLOW = 1;
const RINGED = 2;

/** Draw the scene, no text smaller than `pen.smallest` device pixels; returns the size of the smallest there is. */
export function paint(given, scene) {
  const pen = { ...given, u: given.u * given.scale.stroke, seen: Infinity };
  const { ctx } = pen;
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  scene.items.forEach((item, index) => painters[item.kind]?.(pen, item, index));
  return pen.seen;
}

/** The sizes of a pen for a view, at `ratio` device pixels per CSS pixel. */
export function sizesOf({ scale, isLarge }, ratio) {
  const smallest = ratio * (isLarge ? SMALLEST_SHARE * window.innerHeight : SMALLEST_TEXT);
  return { k: scale * ratio, u: ratio, smallest, scale: theme.scales[isLarge ? "projector" : "page"] };
}

// --- fields ----------------------------------------------------------------------------------------------------------

function sheet(pen, item, index) {
  if (!item.boxes.length) return;
  item.atlas ??= atlas(pen, index, item, item.palette === "rgb" ? null : pen.colours.table(item.palette));
  for (let tile = 0; tile < item.boxes.length / 4; tile++) {
    const box = boxAt(item.boxes, tile);
    const hovered = item.ids && pen.hover.tile?.item === item && pen.hover.tile.index === tile;
    pen.ctx.globalAlpha = item.opacity ? item.opacity[tile] / LEVELS : 1;
    stamp(pen, item, tile, box);
    if (hovered || item.selected?.includes(tile)) outline(pen, box, pen.colours.accent, 2);
    else if (item.border) outline(pen, box, pen.colours.hairline, 1);
    if (item.labels) label(pen, item, item.labels[tile], box);
    pen.ctx.globalAlpha = 1;
  }
}

function classes(pen, item, index) {
  item.atlas ??= atlas(pen, index, item, pen.colours.classTable(item.classes));
  stamp(pen, item, 0, item.box);
  if (item.border) outline(pen, item.box, pen.colours.hairline, 1);
}

function zoom(pen, item) {
  const { tile } = pen.hover;
  const enlarged = tile?.id !== undefined && (!item.ids || item.ids.includes(tile.id));
  if (enlarged) {
    pen.ctx.clearRect(...place(pen, item.box));
    stamp(pen, tile.item, tile.index, item.box);
    outline(pen, item.box, pen.colours.hairline, 1);
  }
  const title = enlarged ? tile.title : item.title;
  if (!title) return;
  const [x, y] = item.box;
  write(pen, title, x, y - 0.85 * lineOf(pen, item.size), {
    size: item.size,
    weight: 600,
    colour: enlarged ? "accent" : "text",
  });
}

/** All tiles of a field item as one picture, each with its edge cells repeated around it so that none bleed over. */
function atlas(pen, index, item, lookup) {
  const [rows, cols] = item.shape;
  const cells = rows * cols;
  const number = item.boxes ? item.boxes.length / 4 : 1;
  const across = Math.ceil(Math.sqrt(number));
  const canvas = (pen.atlases[index] ??= document.createElement("canvas"));
  const image = new ImageData(across * (cols + 2), Math.ceil(number / across) * (rows + 2));
  const pixels = new Uint32Array(image.data.buffer);
  const hatch = (row, col) => pen.colours.hatch[(row + col) % 4 < 2 ? 0 : 1];
  const colourOf = (code, row, col) => (item.values[code] === MISSING ? hatch(row, col) : lookup[item.values[code]]);
  const rgbOf = (code, row, col) => {
    const [red, green, blue] = item.values.subarray(3 * code, 3 * code + 3);
    return red === MISSING
      ? hatch(row, col)
      : ((255 << 24) | (level(blue) << 16) | (level(green) << 8) | level(red)) >>> 0;
  };
  const colour = lookup ? colourOf : rgbOf;
  for (let tile = 0; tile < number; tile++) {
    const corner = Math.floor(tile / across) * (rows + 2) * image.width + (tile % across) * (cols + 2);
    for (let row = 0; row < rows + 2; row++) {
      const from = tile * cells + Math.min(Math.max(row - 1, 0), rows - 1) * cols;
      const to = corner + row * image.width;
      for (let col = 0; col < cols; col++) pixels[to + col + 1] = colour(from + col, row, col);
      pixels[to] = pixels[to + 1];
      pixels[to + cols + 1] = pixels[to + cols];
    }
  }
  if (canvas.width !== image.width || canvas.height !== image.height)
    [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
  return { canvas, across };
}

const level = (code) => Math.round((code / LEVELS) * 255);

/** Draw one tile of a field item into a box. */
function stamp(pen, item, tile, box) {
  const { ctx } = pen;
  const [rows, cols] = item.shape;
  const { canvas, across } = item.atlas;
  const from = [(tile % across) * (cols + 2) + 1, Math.floor(tile / across) * (rows + 2) + 1];
  ctx.imageSmoothingEnabled = Boolean(item.smooth);
  ctx.drawImage(canvas, ...from, cols, rows, ...place(pen, box));
}

function label(pen, item, text, [x, y, width, height]) {
  const size = item.labelSize;
  const line = lineOf(pen, size);
  const [spotX, spotY, align] = {
    left: [x - 6, y + height / 2, "right"],
    right: [x + width + 6, y + height / 2, "left"],
    above: [x + width / 2, y - 0.8 * line, "center"],
    below: [x + width / 2, y + height + 0.9 * line, "center"],
  }[item.labelSide];
  write(pen, text, spotX, spotY, { size, align, colour: "muted" });
}

function colorbar(pen, item) {
  const { ctx } = pen;
  const [x, y, width, height] = item.box;
  const lying = width > height;
  const [left, top, wide, high] = place(pen, item.box);
  const ramp = ctx.createLinearGradient(left, lying ? top : top + high, lying ? left + wide : left, top);
  const stops = pen.colours.stops[item.palette];
  stops.forEach((colour, at) => ramp.addColorStop(at / (stops.length - 1), colour));
  ctx.fillStyle = ramp;
  ctx.fillRect(left, top, wide, high);
  outline(pen, item.box, pen.colours.hairline, 1);
  item.labels.forEach((text, at) => {
    const share = item.labels.length > 1 ? at / (item.labels.length - 1) : 0.5;
    const align = !lying || share === 0 ? "left" : share === 1 ? "right" : "center";
    const spot = lying
      ? [x + width * share, y + height + 0.9 * lineOf(pen, pen.scale.label)]
      : [x + width + 6, y + height * (1 - share)];
    write(pen, text, ...spot, { size: pen.scale.label, align, colour: "muted" });
  });
}

// --- marks -----------------------------------------------------------------------------------------------------------

function edges(pen, item) {
  for (let index = 0; index < item.weights.length; index++) edge(pen, item, index, false);
  if (pen.hover.edge?.item === item) edge(pen, item, pen.hover.edge.index, true);
}

function edge(pen, item, index, strong) {
  const { ctx, k, u, colours } = pen;
  const weight = weightAt(item, index);
  const share = Math.min(Math.abs(weight) / item.scale, 1);
  const [start, first, second, end] = curveAt(item, index);
  ctx.beginPath();
  ctx.moveTo(start[0] * k, start[1] * k);
  ctx.bezierCurveTo(first[0] * k, first[1] * k, second[0] * k, second[1] * k, end[0] * k, end[1] * k);
  ctx.setLineDash(Number.isNaN(weight) ? [4 * u, 4 * u] : []);
  ctx.strokeStyle = Number.isNaN(weight) ? colours.grey : weight < 0 ? colours.negative : colours.positive;
  ctx.globalAlpha = strong || Number.isNaN(weight) ? 1 : 0.15 + 0.75 * share;
  ctx.lineWidth = Math.max(0.6 * u, share * item.width * pen.scale.stroke * k || u) + (strong ? 1.5 * u : 0);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function points(pen, item) {
  const [left, top, width, height] = item.box.map((value) => value * pen.k);
  const ramp = item.values && pen.colours.table("diverging");
  const colourOf = (index) => {
    if (item.classes) return css(pen.colours, item.classes[index]);
    return ramp ? cssOfPixel(ramp[item.values[index]]) : css(pen.colours, item.colour);
  };
  for (let index = 0; index < item.xy.length / 2; index++) {
    const x = item.xy[2 * index];
    const y = item.xy[2 * index + 1];
    if (x === OUTSIDE || y === OUTSIDE) continue;
    const mark = sprite(pen, item.shape, item.radius, colourOf(index), item.flags?.[index] ?? 0);
    const corner = [left + (x / PLACES) * width, top + (1 - y / PLACES) * height].map(
      (middle) => middle - mark.width / 2,
    );
    pen.ctx.drawImage(mark, ...corner.map(Math.round));
  }
}

/** A point's picture, drawn once and stamped often. */
function sprite(pen, shape, size, colour, flags) {
  const name = `${shape} ${size} ${colour} ${flags}`;
  if (pen.sprites.has(name)) return pen.sprites.get(name);
  const { u, colours } = pen;
  const radius = Math.max(1.5 * u, size * pen.scale.stroke * pen.k);
  const canvas = pen.newCanvas?.() ?? document.createElement("canvas");
  canvas.width = canvas.height = 2 * Math.ceil(radius + 5 * u);
  const ctx = canvas.getContext("2d");
  ctx.translate(canvas.width / 2, canvas.width / 2);
  const draw = (style, width, outer) => {
    ctx.beginPath();
    OUTLINES[shape](ctx, outer);
    ctx.lineWidth = width;
    ctx[width ? "strokeStyle" : "fillStyle"] = style;
    ctx[width ? "stroke" : "fill"]();
  };
  draw(colours.background, 2 * u, radius);
  draw(flags & HOLLOW ? colours.background : colour, 0, radius);
  if (flags & HOLLOW || shape === "cross") draw(colour, 1.4 * u, radius - 0.6 * u);
  if (flags & RINGED) {
    ctx.beginPath();
    ctx.arc(0, 0, radius + 1.2 * u + 1.4 * (u / pen.scale.stroke), 0, 2 * Math.PI);
    ctx.lineWidth = 1.4 * u;
    ctx.strokeStyle = colours.text;
    ctx.stroke();
  }
  pen.sprites.set(name, canvas);
  return canvas;
}

const polygon = (ctx, corners) => {
  corners.forEach(([x, y], at) => (at ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
};
const OUTLINES = {
  disc: (ctx, r) => ctx.arc(0, 0, r, 0, 2 * Math.PI),
  square: (ctx, r) => ctx.rect(-0.9 * r, -0.9 * r, 1.8 * r, 1.8 * r),
  triangle: (ctx, r) =>
    polygon(ctx, [
      [0, -1.15 * r],
      [1.05 * r, 0.75 * r],
      [-1.05 * r, 0.75 * r],
    ]),
  diamond: (ctx, r) =>
    polygon(ctx, [
      [0, -1.2 * r],
      [1.2 * r, 0],
      [0, 1.2 * r],
      [-1.2 * r, 0],
    ]),
  cross: (ctx, r) =>
    [
      [-1, 1],
      [1, 1],
    ].forEach(([x, y]) => (ctx.moveTo(-x * r, -y * r), ctx.lineTo(x * r, y * r))),
};

function lines(pen, item) {
  const { ctx } = pen;
  let from = 0;
  ctx.lineJoin = "round";
  ctx.lineWidth = Math.max(pen.u, item.width * pen.scale.stroke * pen.k);
  if (item.dash) ctx.setLineDash([5 * pen.u, 4 * pen.u]);
  item.lengths.forEach((length, line) => {
    ctx.save();
    ctx.beginPath();
    const box = boxAt(item.boxes, item.boxes.length > 4 ? line : 0);
    ctx.rect(...place(pen, box));
    ctx.clip();
    track(pen, item.xy.subarray(2 * from, 2 * (from + length)), box);
    ctx.strokeStyle = css(pen.colours, item.colours[line]);
    ctx.stroke();
    ctx.restore();
    from += length;
  });
  ctx.setLineDash([]);
}

/** Lay out a polyline. Its places run over a box twice as large, so that it leaves the box in its true direction. */
function track(pen, xy, box) {
  const [left, top, width, height] = box.map((value) => value * pen.k);
  const share = (place) => (2 * place) / PLACES - 0.5;
  let drawing = false;
  pen.ctx.beginPath();
  for (let at = 0; at < xy.length; at += 2) {
    const broken = xy[at] === OUTSIDE || xy[at + 1] === OUTSIDE;
    const spot = [left + share(xy[at]) * width, top + (1 - share(xy[at + 1])) * height];
    if (!broken) pen.ctx[drawing ? "lineTo" : "moveTo"](...spot);
    drawing = !broken;
  }
}

function histograms(pen, item) {
  const { ctx } = pen;
  const [layers, bins] = item.shape;
  for (let tile = 0; tile < item.boxes.length / 4; tile++) {
    const box = boxAt(item.boxes, tile);
    const [left, top, width, height] = place(pen, box);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    for (let layer = 0; layer < layers; layer++) {
      const bars = item.heights.subarray((tile * layers + layer) * bins, (tile * layers + layer + 1) * bins);
      ctx.beginPath();
      ctx.moveTo(left, top + height);
      bars.forEach((bar, at) => {
        const y = top + height * (1 - bar / LEVELS);
        ctx.lineTo(left + (width * at) / bins, y);
        ctx.lineTo(left + (width * (at + 1)) / bins, y);
      });
      ctx.lineTo(left + width, top + height);
      ctx.strokeStyle = ctx.fillStyle = css(pen.colours, item.classes[layer]);
      ctx.lineWidth = pen.u;
      ctx.globalAlpha = 0.3;
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.stroke();
    }
    ctx.restore();
    if (item.border) outline(pen, box, pen.colours.hairline, 1);
  }
}

// --- furniture -------------------------------------------------------------------------------------------------------

function text(pen, item) {
  if (!item.angle) return write(pen, item.text, ...item.at, item);
  pen.ctx.save();
  pen.ctx.translate(item.at[0] * pen.k, item.at[1] * pen.k);
  pen.ctx.rotate((item.angle * Math.PI) / 180);
  write(pen, item.text, 0, 0, item);
  pen.ctx.restore();
}

function rect(pen, item) {
  const { ctx } = pen;
  if (item.fill !== undefined) {
    ctx.beginPath();
    ctx.roundRect(...place(pen, item.box), item.radius * pen.k);
    ctx.fillStyle = css(pen.colours, item.fill);
    ctx.fill();
  }
  if (item.dash) ctx.setLineDash([4 * pen.u, 4 * pen.u]);
  if (item.stroke !== undefined) outline(pen, item.box, css(pen.colours, item.stroke), item.width, item.radius * pen.k);
  ctx.setLineDash([]);
}

function axes(pen, item) {
  const [x, y, width, height] = item.box;
  const style = { size: pen.scale.label, colour: "muted", tabular: true };
  const line = lineOf(pen, style.size);
  const down = 0.9 * line; // from the box to the middle of the numerals
  for (const [share, numeral] of item.xticks) {
    if (item.grid) rule(pen, [x + share * width, y], [x + share * width, y + height]);
    write(pen, numeral, x + share * width, y + height + down, { ...style, align: "center" });
  }
  for (const [share, numeral] of item.yticks) {
    if (item.grid) rule(pen, [x, y + (1 - share) * height], [x + width, y + (1 - share) * height]);
    write(pen, numeral, x - 0.5 * style.size, y + (1 - share) * height, { ...style, align: "right" });
  }
  outline(pen, item.box, pen.colours.hairline, 1);
  const lower = y + height + down + (item.xticks.length ? 1.3 * line : 0);
  if (item.xlabel) write(pen, item.xlabel, x + width / 2, lower, { ...style, align: "center" });
  if (item.ylabel) turned(pen, item, style);
}

function turned(pen, item, style) {
  const [x, y, , height] = item.box;
  setFont(pen, style);
  const widest = Math.max(0, ...item.yticks.map(([, numeral]) => pen.ctx.measureText(numeral).width));
  pen.ctx.save();
  pen.ctx.translate((x - 7 - 0.8 * lineOf(pen, style.size)) * pen.k - widest, (y + height / 2) * pen.k);
  pen.ctx.rotate(-Math.PI / 2);
  write(pen, item.ylabel, 0, 0, { ...style, align: "center" });
  pen.ctx.restore();
}

function plane(pen, item) {
  if (pen.aim?.id !== item.id) return;
  const [x, y, width, height] = item.box;
  pen.ctx.beginPath();
  pen.ctx.arc((x + pen.aim.x * width) * pen.k, (y + pen.aim.y * height) * pen.k, 7 * pen.u, 0, 2 * Math.PI);
  pen.ctx.lineWidth = 2 * pen.u;
  pen.ctx.strokeStyle = pen.colours.text;
  pen.ctx.stroke();
}

/** The stroke that is being drawn, and where the keyboard aims. */
function pad(pen, item) {
  const [x, y, width, height] = item.box;
  if (pen.stroke?.id === item.id) {
    const spots = pen.stroke.spots.map(([right, down]) => [(x + right * width) * pen.k, (y + down * height) * pen.k]);
    pen.ctx.beginPath();
    pen.ctx.moveTo(...spots[0]);
    for (const spot of spots.length > 1 ? spots : [...spots, spots[0]]) pen.ctx.lineTo(...spot);
    pen.ctx.lineCap = pen.ctx.lineJoin = "round";
    pen.ctx.lineWidth = item.width * pen.k;
    pen.ctx.strokeStyle = css(pen.colours, item.colour);
    pen.ctx.stroke();
    pen.ctx.lineCap = "butt";
  }
  plane(pen, item);
}

const painters = { pad, sheet, classes, zoom, colorbar, edges, points, lines, histograms, text, rect, axes, plane };

// --- strokes shared by all -------------------------------------------------------------------------------------------

/** A box in whole device pixels, so that its border is sharp. */
function place(pen, [x, y, width, height]) {
  const [left, top] = [Math.round(x * pen.k), Math.round(y * pen.k)];
  return [left, top, Math.round((x + width) * pen.k) - left, Math.round((y + height) * pen.k) - top];
}

function outline(pen, box, colour, width, radius = 0) {
  const [left, top, wide, high] = place(pen, box);
  const line = Math.max(1, Math.round(width * pen.u));
  pen.ctx.beginPath();
  pen.ctx.roundRect(left + line / 2, top + line / 2, Math.max(0, wide - line), Math.max(0, high - line), radius);
  pen.ctx.lineWidth = line;
  pen.ctx.strokeStyle = colour;
  pen.ctx.stroke();
}

function rule(pen, from, to) {
  const line = Math.max(1, Math.round(pen.u));
  const sharp = ([x, y]) => [Math.round(x * pen.k) + line / 2, Math.round(y * pen.k) + line / 2];
  pen.ctx.beginPath();
  pen.ctx.moveTo(...sharp(from));
  pen.ctx.lineTo(...sharp(to));
  pen.ctx.lineWidth = line;
  pen.ctx.strokeStyle = pen.colours.hairline;
  pen.ctx.stroke();
}

/** How high text of this size really is, in scene units: it stays legible where the scene is drawn small. */
const lineOf = (pen, size) => Math.max(pen.smallest / pen.k, size);

function setFont(pen, { size, weight = 400 }) {
  const pixels = lineOf(pen, size) * pen.k;
  pen.seen = Math.min(pen.seen, pixels);
  pen.ctx.font = `${weight} ${pixels}px ${pen.font}`;
}

function write(pen, words, x, y, { size, align = "left", colour = "text", weight = 400, tabular = false }) {
  const { ctx, k } = pen;
  setFont(pen, { size, weight });
  ctx.fillStyle = css(pen.colours, colour);
  ctx.textBaseline = "middle";
  ctx.textAlign = align;
  if (tabular && ctx.fillEvenly) ctx.fillEvenly(words, x * k, y * k, align);
  else if (tabular) evenly(ctx, words, x * k, y * k, align);
  else ctx.fillText(words, x * k, y * k);
}

/** Write with all digits equally wide: a canvas has no font-variant-numeric. */
function evenly(ctx, words, x, y, align) {
  const digit = ctx.measureText("0").width;
  const widths = Array.from(words, (sign) => (sign >= "0" && sign <= "9" ? digit : ctx.measureText(sign).width));
  const total = widths.reduce((sum, width) => sum + width, 0);
  let left = x - { left: 0, center: total / 2, right: total }[align];
  ctx.textAlign = "center";
  Array.from(words).forEach((sign, at) => {
    ctx.fillText(sign, left + widths[at] / 2, y);
    left += widths[at];
  });
}
