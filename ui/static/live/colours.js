// The theme (figures/theme.py, written into theme.js by the server) in the mode of the page, and its colour tables.

import theme from "./theme.js";
import { LEVELS } from "./scene.js";

const probe = document.createElement("canvas").getContext("2d");

/** `#rgb`, `rgb(…)` or a name as [red, green, blue], 0 … 255. */
function channels(colour) {
  probe.fillStyle = theme.surfaces.light.background; // stays when the next line is no colour
  probe.fillStyle = colour;
  const hex = probe.fillStyle;
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

const pixel = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
const mix = (from, to, share) => from.map((value, at) => Math.round(value + (to[at] - value) * share));

/** 256 packed pixels along evenly spread stops; the last one is for cells without a number. */
function table(stops, missing) {
  const colours = stops.map(channels);
  const lookup = new Uint32Array(256).fill(missing);
  for (let code = 0; code <= LEVELS; code++) {
    const along = (code / LEVELS) * (stops.length - 1);
    const stop = Math.min(Math.floor(along), stops.length - 2);
    lookup[code] = pixel(mix(colours[stop], colours[stop + 1], along - stop));
  }
  return lookup;
}

/** As `table`, for cells that say a class and how surely: one run of shades, from paper to its colour, per class. */
function classTable(colours, paper, missing) {
  const shades = Math.floor(LEVELS / colours.length);
  const lookup = new Uint32Array(256).fill(missing);
  colours.forEach((colour, index) => {
    for (let shade = 0; shade < shades; shade++)
      lookup[index * shades + shade] = pixel(mix(paper, channels(colour), (shade / (shades - 1)) * 0.85));
  });
  return lookup;
}

/** Everything the painters need to know of colour, for a page with this background. */
export function coloursOn(background) {
  const paper = channels(background);
  const mode = 0.299 * paper[0] + 0.587 * paper[1] + 0.114 * paper[2] < 128 ? "dark" : "light";
  const surface = theme.surfaces[mode];
  const stops = theme.palettes[mode];
  const missing = pixel(channels(surface.hairline));
  const tables = {};
  return {
    ...surface,
    ...theme.fixed,
    background,
    mode,
    stops,
    hatch: [missing, pixel(channels(surface.panel))],
    named: (colour) => (typeof colour === "number" ? theme.classes[colour] : undefined),
    table: (palette) => (tables[palette] ??= table(stops[palette], missing)),
    classTable: (number) => (tables[number] ??= classTable(theme.classes.slice(0, number), paper, missing)),
  };
}

/** The CSS colour of a class number or a theme name. */
export const css = (colours, colour) => colours.named(colour) ?? colours[colour];

/** The CSS colour of a packed pixel. */
export const cssOfPixel = (packed) => `rgb(${packed & 255} ${(packed >> 8) & 255} ${(packed >> 16) & 255})`;
