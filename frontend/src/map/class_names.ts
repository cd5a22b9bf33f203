// The names of the classes on a map, each in the middle of its points: read without any colour.

import { type Colour, css } from "../images/colours";

const LONGEST = 12;
/** Classes whose names have room beside each other. */
const MOST = 20;

/** The middle of each class that is shown: the point nearest to the mean of its points. */
export function middles(
  places: Float32Array, labels: ArrayLike<number>, shown: ReadonlySet<number>,
): Map<number, [number, number]> {
  const sums = new Map<number, [u: number, v: number, count: number]>();
  for (let i = 0; i < labels.length; i++) {
    if (!shown.has(labels[i])) continue;
    const sum = sums.get(labels[i]) ?? [0, 0, 0];
    sums.set(labels[i], [sum[0] + places[2 * i], sum[1] + places[2 * i + 1], sum[2] + 1]);
  }
  const nearest = new Map<number, [number, number]>();
  const distances = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    const sum = sums.get(labels[i]);
    if (!sum) continue;
    const [u, v] = [places[2 * i], places[2 * i + 1]];
    const distance = Math.hypot(u - sum[0] / sum[2], v - sum[1] / sum[2]);
    if (distance >= (distances.get(labels[i]) ?? Infinity)) continue;
    distances.set(labels[i], distance);
    nearest.set(labels[i], [u, v]);
  }
  return nearest;
}

/** Write the names over the points, with an edge in the colour of the ground; none where they are many. */
export function drawNames(
  pen: CanvasRenderingContext2D, names: readonly string[], at: Map<number, [number, number]>,
  toScreen: (u: number, v: number) => [number, number], ground: Colour, unit: number,
): void {
  if (at.size < 2 || at.size > MOST) return;
  const size = 15 * unit;
  const isLight = ground[0] + ground[1] + ground[2] > 382;
  Object.assign(pen, {
    font: `700 ${size}px sans-serif`, textAlign: "center", textBaseline: "middle", lineJoin: "round",
    lineWidth: size / 4, strokeStyle: css(ground), fillStyle: isLight ? "#16211f" : "#f2f7f6",
  });
  for (const [label, place] of at) {
    const name = (names[label] ?? "").slice(0, LONGEST);
    const [x, y] = toScreen(...place);
    pen.strokeText(name, x, y);
    pen.fillText(name, x, y);
  }
}
