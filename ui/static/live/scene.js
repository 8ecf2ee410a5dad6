// A packet from figures/packing.py becomes a scene: the header's items, their blob slices laid out as typed arrays.

const SLICES = {
  sheet: { boxes: Int16Array, values: Uint8Array, opacity: Uint8Array },
  classes: { values: Uint8Array },
  edges: { ends: Int16Array, weights: Int16Array },
  points: { xy: Uint16Array, classes: Uint8Array, values: Uint8Array, flags: Uint8Array },
  lines: { boxes: Int16Array, xy: Uint16Array, lengths: Uint32Array },
  histograms: { boxes: Int16Array, heights: Uint8Array },
};

export const LEVELS = 254;
export const MISSING = 255;
export const PLACES = 65534;
export const OUTSIDE = 65535;
export const WEIGHT_STEPS = 32767;
export const NO_WEIGHT = -32768;

export async function decode(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = await new Response(stream).arrayBuffer();
  const blob = 4 + new DataView(raw).getUint32(0, true);
  const scene = JSON.parse(new TextDecoder().decode(new Uint8Array(raw, 4, blob - 4)));
  for (const item of scene.items) {
    for (const [field, Type] of Object.entries(SLICES[item.kind] ?? {})) {
      const slice = item[field];
      if (slice) item[field] = new Type(raw, blob + slice[0], slice[1] / Type.BYTES_PER_ELEMENT);
    }
  }
  scene.spots = scene.items.filter((item) => ["hot", "plane", "pad"].includes(item.kind));
  return scene;
}

/** Box number `index` of an item with many, in scene units. */
export const boxAt = (boxes, index) => Array.from(boxes.subarray(4 * index, 4 * index + 4), (tenths) => tenths / 10);

export const inside = ([left, top, width, height], [x, y]) =>
  x >= left && y >= top && x <= left + width && y <= top + height;

/** The weight of edge `index`; NaN when it is not finite. */
export const weightAt = (item, index) =>
  item.weights[index] === NO_WEIGHT ? NaN : (item.weights[index] / WEIGHT_STEPS) * item.peak;

/** Start, two control points and end of edge `index`, in scene units: it leaves and arrives horizontally. */
export function curveAt(item, index) {
  const [x0, y0, x1, y1] = boxAt(item.ends, index);
  const third = (part) => [x0 + (x1 - x0) * part, y0 + (y1 - y0) * part];
  if (item.straight) return [[x0, y0], third(1 / 3), third(2 / 3), [x1, y1]];
  const middle = (x0 + x1) / 2;
  return [
    [x0, y0],
    [middle, y0],
    [middle, y1],
    [x1, y1],
  ];
}

/** A number for a person: three digits or so, thousands apart, a true minus sign. */
export function numeral(value) {
  if (!Number.isFinite(value)) return "not a number";
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const plain = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const isOdd = size && (size < 0.01 || size >= 1e7);
  const text = isOdd ? value.toExponential(1) : value.toLocaleString("en", plain);
  return text.replace(/-/g, "−");
}
