// A cloud of points as pixels, in the colours of their classes or of something else.

import type { Box } from "../codes/boxes";
import { type Colour, type ColourOf, ofClasses } from "./colours";
import { seenOn } from "./contrast";

/** Points from which on dots have their usual size. */
const MANY = 2000;

/** The radius of a dot on a map of this side, in pixels; up to three times as large where points
 * are few. */
export function dotRadius(side: number, count: number): number {
  const larger = Math.min(3, Math.max(1, Math.cbrt(MANY / Math.max(1, count))));
  return Math.max(1, 0.0035 * side) * larger;
}

/** How opaque a dot is inside where its rim is opaque. */
const INSIDE = 0.75;

/** How wide the rim of a dot is, in pixels, with its soft edge. */
const RIM = 1.2;

/** Draw points into an empty picture: soft discs in the colours of their classes, fainter where
 * they are far from the eye. Their rims stand out from the ground, also where their colours do not. */
export function scatter(
  into: ImageData, places: Float32Array, labels: ArrayLike<number>, box: Box,
  shown: ReadonlySet<number>, radius: number, alpha: number, near: Float32Array | null = null,
  colourOf: ColourOf = ofClasses(labels), ground: Colour = [255, 255, 255],
): void {
  const { data, width, height } = into;
  const across = width / (box.right - box.left);
  const down = height / (box.top - box.bottom);
  const reach = Math.ceil(radius);
  const disc: [dx: number, dy: number, cover: number, isRim: boolean][] = [];
  const rims = new Map<number, Colour>();
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const distance = Math.hypot(dx, dy);
      const cover = Math.min(1, radius + 0.5 - distance);
      const isRim = distance > radius - RIM;
      const opacity = isRim ? Math.min(1, alpha / INSIDE) : alpha;
      if (cover > 0) disc.push([dx, dy, opacity * cover, isRim]);
    }
  }
  for (let i = 0; i < labels.length; i++) {
    if (!shown.has(labels[i])) continue;
    const x = Math.round((places[2 * i] - box.left) * across);
    const y = Math.round((box.top - places[2 * i + 1]) * down);
    if (x < -reach || y < -reach || x >= width + reach || y >= height + reach) continue;
    const colour = colourOf(i);
    const key = (colour[0] << 16) | (colour[1] << 8) | colour[2];
    const rim = rims.get(key) ?? seenOn(ground, colour);
    rims.set(key, rim);
    const light = near ? 0.25 + 0.75 * near[i] : 1;
    for (const [dx, dy, cover, isRim] of disc) {
      const [px, py] = [x + dx, y + dy];
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      blend(data, 4 * (py * width + px), isRim ? rim : colour, cover * light);
    }
  }
}

/** Lay a colour over a pixel that may be transparent. */
function blend(
  data: Uint8ClampedArray, at: number, [r, g, b]: Colour, cover: number,
): void {
  const below = (data[at + 3] / 255) * (1 - cover);
  const total = cover + below;
  data[at] = (r * cover + data[at] * below) / total;
  data[at + 1] = (g * cover + data[at + 1] * below) / total;
  data[at + 2] = (b * cover + data[at + 2] * below) / total;
  data[at + 3] = 255 * total;
}
