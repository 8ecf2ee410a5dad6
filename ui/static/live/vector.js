// A drawing context that writes SVG, so that paint.js draws the saved picture too. It knows what paint.js calls, no more:
// the libraries for this split numerals into letters, blur fields of few cells and embed a picture for each point.
//
// Text stays text, points are drawn once and used often, fields are embedded PNG pictures.

const PICTURE_RATIO = 2; // pixels of an embedded picture per unit of the drawing
const STATE = [
  "globalAlpha", "fillStyle", "strokeStyle", "lineWidth", "lineJoin", "dash", "font", "textAlign", "textBaseline",
  "imageSmoothingEnabled", "transform", "clipping",
]; // prettier-ignore

const short = (value) => String(Math.round(value * 100) / 100);
const escaped = (words) => String(words).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const attributes = (values) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => ` ${name}="${escaped(typeof value === "number" ? short(value) : value)}"`)
    .join("");
const element = (name, values, inner = "") => `<${name}${attributes(values)}>${inner}</${name}>`;

export class Vector {
  /** A context for a drawing of this size; one with a parent is a part that the parent's drawing uses. */
  constructor(width, height, parent = null) {
    this.canvas = { width, height };
    this.probe = parent?.probe ?? document.createElement("canvas").getContext("2d");
    this.definitions = parent?.definitions ?? new Map();
    this.nodes = [];
    this.path = "";
    this.stack = [];
    Object.assign(this, { globalAlpha: 1, fillStyle: "black", strokeStyle: "black", lineWidth: 1, dash: [] }); // canvas defaults
    Object.assign(this, { font: "10px sans-serif", textAlign: "left", textBaseline: "alphabetic", transform: "" });
  }

  /** Stands in for a canvas element on which a part is drawn. */
  part() {
    const context = new Vector(0, 0, this);
    return Object.assign(context.canvas, { getContext: () => context });
  }

  /** The finished picture. */
  svg(title, background) {
    const { width, height } = this.canvas;
    const size = { width, height, viewBox: `0 0 ${short(width)} ${short(height)}` };
    const paper = element("rect", { width, height, fill: background });
    const parts = [element("title", {}, escaped(title)), element("defs", {}, [...this.definitions.values()].map((one) => one.text).join("")), paper];
    return element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, role: "img" }, [...parts, ...this.nodes].join("\n"));
  }

  // --- state ---------------------------------------------------------------------------------------------------------

  save() {
    this.stack.push(Object.fromEntries(STATE.map((name) => [name, this[name]])));
  }
  restore() {
    Object.assign(this, this.stack.pop());
  }
  translate(x, y) {
    this.transform += `translate(${short(x)} ${short(y)})`;
  }
  rotate(angle) {
    this.transform += `rotate(${short((angle * 180) / Math.PI)})`;
  }
  setLineDash(dash) {
    this.dash = dash;
  }
  clip() {
    const inner = element("path", { d: this.path, transform: this.transform });
    this.clipping = this.defined("clipPath", { "clip-path": this.clipping }, inner);
  }

  /** The `url(#…)` of a definition; the same one is written once. */
  defined(name, values, inner) {
    const key = name + attributes(values) + inner;
    const id = this.definitions.get(key)?.id ?? `${name}-${this.definitions.size}`;
    this.definitions.set(key, { id, text: element(name, { id, ...values }, inner) });
    return `url(#${id})`;
  }

  colour(style) {
    if (style.stops) return this.defined("linearGradient", style.values, style.stops.join(""));
    this.probe.fillStyle = style; // gives back every spelling as #rrggbb, which all programs read
    return this.probe.fillStyle;
  }

  createLinearGradient(x1, y1, x2, y2) {
    const stops = [];
    const values = { gradientUnits: "userSpaceOnUse", x1, y1, x2, y2 };
    const addColorStop = (offset, colour) => stops.push(element("stop", { offset, "stop-color": this.colour(colour) }));
    return { stops, values, addColorStop };
  }

  // --- paths ---------------------------------------------------------------------------------------------------------

  beginPath() {
    this.path = "";
  }
  step(letter, ...places) {
    this.path += letter + places.map(short).join(" ");
  }
  moveTo(x, y) {
    this.step("M", x, y);
  }
  lineTo(x, y) {
    this.step("L", x, y);
  }
  bezierCurveTo(...places) {
    this.step("C", ...places);
  }
  closePath() {
    this.step("Z");
  }
  rect(x, y, width, height) {
    this.path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }
  roundRect(x, y, width, height, radius) {
    const r = Math.min(radius, width / 2, height / 2);
    if (!(r > 0)) return this.rect(x, y, width, height);
    const corner = (right, down) => this.path += `a${short(r)} ${short(r)} 0 0 1 ${short(right)} ${short(down)}`; // prettier-ignore
    this.step("M", x + r, y);
    this.step("h", width - 2 * r);
    corner(r, r);
    this.step("v", height - 2 * r);
    corner(-r, r);
    this.step("h", 2 * r - width);
    corner(-r, -r);
    this.step("v", 2 * r - height);
    corner(r, -r);
  }
  /** A whole circle, the only arc there is. */
  arc(x, y, radius) {
    const half = (to) => `A${short(radius)} ${short(radius)} 0 1 1 ${short(to)} ${short(y)}`;
    this.path += `M${short(x + radius)} ${short(y)}${half(x - radius)}${half(x + radius)}Z`;
  }

  // --- ink -----------------------------------------------------------------------------------------------------------

  put(name, values, inner) {
    const opacity = this.globalAlpha < 1 ? this.globalAlpha : undefined;
    this.nodes.push(element(name, { ...values, opacity, transform: this.transform, "clip-path": this.clipping }, inner));
  }
  clearRect() {
    this.nodes = []; // paint.js clears everything before it begins; a hole is made under the pointer only
  }
  fill() {
    this.put("path", { d: this.path, fill: this.colour(this.fillStyle) });
  }
  stroke() {
    const line = { "stroke-width": this.lineWidth, "stroke-linejoin": this.lineJoin };
    const dash = this.dash.map(short).join(" ");
    this.put("path", { d: this.path, fill: "none", stroke: this.colour(this.strokeStyle), ...line, "stroke-dasharray": dash });
  }
  fillRect(x, y, width, height) {
    this.put("rect", { x, y, width, height, fill: this.colour(this.fillStyle) });
  }
  drawImage(image, ...places) {
    if (places.length === 2) return this.use(image, ...places);
    const [left, top, wide, high, x, y, width, height] = places;
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [width, height].map((side) => Math.max(1, Math.round(side * PICTURE_RATIO)));
    const ctx = picture.getContext("2d");
    ctx.imageSmoothingEnabled = this.imageSmoothingEnabled;
    ctx.drawImage(image, left, top, wide, high, 0, 0, picture.width, picture.height);
    const rendering = this.imageSmoothingEnabled ? undefined : "image-rendering: pixelated";
    this.put("image", { href: picture.toDataURL(), x, y, width, height, preserveAspectRatio: "none", style: rendering });
  }
  use(part, x, y) {
    const [, id] = this.defined("g", {}, part.getContext().nodes.join("")).match(/\((.*)\)/);
    this.put("use", { href: id, x, y });
  }

  // --- words ---------------------------------------------------------------------------------------------------------

  measureText(words) {
    this.probe.font = this.font;
    return this.probe.measureText(words);
  }
  fillText(words, x, y, style) {
    const [, weight, size, family] = this.font.match(/^(\d+) ([\d.]+)px (.*)$/);
    const font = { "font-family": family, "font-size": Number(size), "font-weight": weight };
    const anchor = { left: undefined, center: "middle", right: "end" }[this.textAlign];
    this.put("text", { x, y: y + this.baseline(words), ...font, "text-anchor": anchor, fill: this.colour(this.fillStyle), style }, escaped(words));
  }
  /** Numerals that are all equally wide: SVG can say so, a canvas cannot. */
  fillEvenly(words, x, y, align) {
    this.textAlign = align;
    this.fillText(words, x, y, "font-variant-numeric: tabular-nums");
  }
  /** How far the baseline is below the place that `textBaseline` names; few programs know other baselines. */
  baseline(words) {
    const rise = (baseline) => {
      this.probe.textBaseline = baseline;
      return this.measureText(words).actualBoundingBoxAscent;
    };
    return rise("alphabetic") - rise(this.textBaseline);
  }
}
