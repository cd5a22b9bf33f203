// Test images at their places on a map, where there is room for them.

import type { Box } from "../codes/boxes";
import { type Colour, css } from "./colours";
import type { TestImages } from "./test_images";

/** How much of a map its images may cover, if none lay over another. */
const MOST_COVERED = 0.35;
/** The sides of an image, in pixels of the page. */
const SMALLEST = 28, LARGEST = 84;
/** More are never drawn: each frame draws all of them. */
const MOST = 240;

/** For how many images there is room; `unit` is a pixel of the page. */
export const roomFor = (width: number, height: number, unit: number) =>
  Math.min(MOST, Math.floor((MOST_COVERED * width * height) / (SMALLEST * unit) ** 2));

/** How wide each of so many images is drawn; where it is enlarged, each of its pixels is as wide as
 * the others. */
export function sideOf(count: number, own: number, width: number, height: number, unit: number): number {
  const fitting = Math.sqrt((MOST_COVERED * width * height) / Math.max(1, count));
  const side = Math.max(SMALLEST * unit, Math.min(LARGEST * unit, fitting));
  return side < own ? Math.round(side) : own * Math.floor(side / own);
}

/** The rows of the places that lie in a box; none where they are more than `most`. */
export function fewRowsIn(
  box: Box, places: Float32Array, labels: ArrayLike<number>, shown: ReadonlySet<number>, most: number,
): number[] {
  const rows = [];
  for (let row = 0; row < labels.length; row++) {
    const [u, v] = [places[2 * row], places[2 * row + 1]];
    const inside = u >= box.left && u <= box.right && v >= box.bottom && v <= box.top;
    if (!inside || !shown.has(labels[row])) continue;
    if (rows.push(row) > most) return [];
  }
  return rows;
}

/** Those of the places, x and y of each in turn, that have no other within `gap` across and up. */
export function apart(places: ArrayLike<number>, gap: number): number[] {
  const count = places.length / 2;
  const cells = new Map<string, number[]>();
  const cellOf = (i: number) => [Math.floor(places[2 * i] / gap), Math.floor(places[2 * i + 1] / gap)];
  for (let i = 0; i < count; i++) {
    const key = String(cellOf(i));
    cells.set(key, [...(cells.get(key) ?? []), i]);
  }
  const near = (i: number, j: number) =>
    Math.abs(places[2 * i] - places[2 * j]) < gap && Math.abs(places[2 * i + 1] - places[2 * j + 1]) < gap;
  return Array.from({ length: count }, (_, i) => i).filter((i) => {
    const [column, row] = cellOf(i);
    for (let c = column - 1; c <= column + 1; c++) {
      for (let r = row - 1; r <= row + 1; r++) {
        if (cells.get(`${c},${r}`)?.some((j) => j !== i && near(i, j))) return false;
      }
    }
    return true;
  });
}

/** Draw an image about (x, y), `side` wide, framed in a colour; the frame alone until
 * the image is here. */
export function drawThumbnail(
  pen: CanvasRenderingContext2D, images: TestImages, row: number, colour: Colour,
  [x, y]: [number, number], side: number,
): void {
  const [, own, wide] = images.shape;
  const height = Math.round((side * own) / wide);
  const frame = Math.max(1, Math.round(side / 14));
  const [left, top] = [Math.round(x - side / 2), Math.round(y - height / 2)];
  pen.fillStyle = css(colour);
  pen.fillRect(left - frame, top - frame, side + 2 * frame, height + 2 * frame);
  pen.imageSmoothingEnabled = side < wide;
  images.draw(pen, row, left, top, side, height);
}
