// Test images at their places on a map, where few enough are in view.

import type { Box } from "../codes/boxes";
import { make } from "../ui/elements";
import type { TestImages } from "../models/model";
import { type Colour, css } from "./colours";
import { showImage } from "./pixels";

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

/** Draw an image about (x, y), `side` wide, framed in a colour. */
export function drawThumbnail(
  pen: CanvasRenderingContext2D, images: TestImages, row: number, colour: Colour,
  [x, y]: [number, number], side: number,
): void {
  const { shape } = images;
  const image = make("canvas", { width: shape[2], height: shape[1] });
  showImage(image, images.at(row)!, shape, { scale: 1 });
  const height = (side * shape[1]) / shape[2];
  const frame = side / 14;
  const [left, top] = [x - side / 2, y - height / 2];
  pen.fillStyle = css(colour);
  pen.fillRect(left - frame, top - frame, side + 2 * frame, height + 2 * frame);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, left, top, side, height);
}
