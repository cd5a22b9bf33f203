// From numbers to pixels: images, sheets of images, clouds of points.

import type { Box } from "../codes/geometry";

export type Colour = [number, number, number];

/** Ten colours that colour-blind eyes tell apart (Petroff 2021, arXiv:2107.02270). */
export const PALETTE: Colour[] = [
  [63, 144, 218], [255, 169, 14], [189, 31, 1], [148, 164, 162], [131, 45, 182],
  [169, 107, 89], [231, 99, 0], [185, 172, 112], [113, 117, 129], [146, 218, 221],
];

export const css = ([r, g, b]: Colour) => `rgb(${r} ${g} ${b})`;

/** Write one image, (c, h, w), as RGBA with its corner at (x, y); `scale` makes white 255. */
export function paint(
  into: ImageData, pixels: ArrayLike<number>, shape: [number, number, number],
  { from = 0, scale = 255, x = 0, y = 0 } = {},
): void {
  const [channels, height, width] = shape;
  const count = height * width;
  const step = channels === 3 ? count : 0;
  // Whole pixels at once: red lies lowest on every processor that browsers run on.
  const whole = new Uint32Array(into.data.buffer);
  const byte = (value: number) => Math.max(0, Math.min(255, Math.round(scale * value)));
  for (let row = 0; row < height; row++) {
    let at = (y + row) * into.width + x;
    for (let i = from + row * width; i < from + (row + 1) * width; i++, at++) {
      const red = byte(pixels[i]);
      whole[at] = step
        ? (255 << 24) | (byte(pixels[i + 2 * step]) << 16) | (byte(pixels[i + step]) << 8) | red
        : (255 << 24) | (red * 0x010101);
    }
  }
}

/** What was lost between two images: orange where ink was put, blue where it was left out. */
export function paintDifference(
  into: ImageData, after: ArrayLike<number>, before: ArrayLike<number>,
  [channels, height, width]: [number, number, number],
): void {
  const count = height * width;
  for (let i = 0; i < count; i++) {
    let error = 0;
    for (let c = 0; c < channels; c++) error += after[c * count + i] - before[c * count + i];
    const ink = error > 0 ? [255, 158, 26] : [64, 153, 255];
    const strength = (1.3 * Math.abs(error)) / channels;
    for (let c = 0; c < 3; c++) into.data[4 * i + c] = Math.min(255, strength * ink[c]);
    into.data[4 * i + 3] = 255;
  }
}

/** Draw points into an empty picture: soft discs in the colours of their classes, fainter where
 * they are far from the eye. */
export function scatter(
  into: ImageData, places: Float32Array, labels: ArrayLike<number>, box: Box,
  shown: ReadonlySet<number>, radius: number, alpha: number, near: Float32Array | null = null,
): void {
  const { data, width, height } = into;
  const across = width / (box.right - box.left);
  const down = height / (box.top - box.bottom);
  const reach = Math.ceil(radius);
  const disc: [number, number, number][] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const cover = Math.min(1, radius + 0.5 - Math.hypot(dx, dy));
      if (cover > 0) disc.push([dx, dy, alpha * cover]);
    }
  }
  for (let i = 0; i < labels.length; i++) {
    if (!shown.has(labels[i])) continue;
    const x = Math.round((places[2 * i] - box.left) * across);
    const y = Math.round((box.top - places[2 * i + 1]) * down);
    if (x < -reach || y < -reach || x >= width + reach || y >= height + reach) continue;
    const [r, g, b] = PALETTE[labels[i] % PALETTE.length];
    const light = near ? 0.25 + 0.75 * near[i] : 1;
    for (const [dx, dy, cover] of disc) {
      const [px, py] = [x + dx, y + dy];
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      blend(data, 4 * (py * width + px), r, g, b, cover * light);
    }
  }
}

/** Lay a colour over a pixel that may be transparent. */
function blend(
  data: Uint8ClampedArray, at: number, r: number, g: number, b: number, cover: number,
): void {
  const below = (data[at + 3] / 255) * (1 - cover);
  const total = cover + below;
  data[at] = (r * cover + data[at] * below) / total;
  data[at + 1] = (g * cover + data[at + 1] * below) / total;
  data[at + 2] = (b * cover + data[at + 2] * below) / total;
  data[at + 3] = 255 * total;
}
