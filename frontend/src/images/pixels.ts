// From numbers to pixels: images, and what differs between two.

import type { Shape } from "../models/model";
import { make } from "../ui/elements";

/** Write one image, (c, h, w), as RGBA with its corner at (x, y); `scale` makes white 255. */
export function paint(
  into: ImageData, pixels: ArrayLike<number>, shape: Shape,
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

/** A canvas of one image, which is nothing to those who cannot see it until it is described. */
export const imageCanvas = (name: string, [, height, width]: Shape, text = ""): HTMLCanvasElement =>
  described(make("canvas", { class: name, width, height }), text);

/** A canvas, with what it shows said; nothing where it is empty. */
export function described(canvas: HTMLCanvasElement, text: string): HTMLCanvasElement {
  if (text) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", text);
  } else {
    canvas.removeAttribute("role");
    canvas.removeAttribute("aria-label");
  }
  return canvas;
}

/** Show one image on a canvas of its size. */
export function showImage(
  canvas: HTMLCanvasElement, pixels: ArrayLike<number>, shape: Shape, { from = 0, scale = 255 } = {},
): void {
  const picture = new ImageData(canvas.width, canvas.height);
  paint(picture, pixels, shape, { from, scale });
  canvas.getContext("2d")!.putImageData(picture, 0, 0);
}

/** Show what was lost between two images on a canvas of their size. */
export function showDifference(
  canvas: HTMLCanvasElement, after: ArrayLike<number>, before: ArrayLike<number>, shape: Shape,
): void {
  const picture = new ImageData(canvas.width, canvas.height);
  paintDifference(picture, after, before, shape);
  canvas.getContext("2d")!.putImageData(picture, 0, 0);
}

/** What was lost between two images: orange where ink was put, blue where it was left out. */
export function paintDifference(
  into: ImageData, after: ArrayLike<number>, before: ArrayLike<number>,
  [channels, height, width]: Shape,
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
