// Where on a map the codes of each class lie, and how densely.

import type { Likeliest } from "../models/likeliest";
import type { Box } from "./boxes";

/** Cells across the map, and up. */
export const CELLS = 128;
/** The spread of the Gaussian that stands for each code, in cells: 2% of the map. */
const SPREAD = 2.5;
const REACH = Math.ceil(3 * SPREAD);
/** Of its greatest density a class has less than this where it has no code anywhere near. */
const LEAST = 0.01;

/**
 * The class with the greatest density in each cell, row by row from the top, with the root of
 * that density as a share of the greatest that this class has anywhere, so that thin clouds are seen,
 * too; null where there are no codes.
 */
export function densities(
  places: Float32Array, labels: ArrayLike<number>, shown: Iterable<number>, box: Box,
): (Likeliest | null)[] {
  const densest = new Float32Array(CELLS * CELLS);
  const found: (Likeliest | null)[] = Array(CELLS * CELLS).fill(null);
  const rowsOf = new Map(Array.from(shown, (label): [number, number[]] => [label, []]));
  for (let row = 0; row < labels.length; row++) rowsOf.get(labels[row])?.push(row);
  for (const [label, rows] of rowsOf) {
    if (!rows.length) continue;
    const density = densityOf(rows, places, box);
    const peak = density.reduce((most, value) => Math.max(most, value), 0);
    density.forEach((value, cell) => {
      if (value <= densest[cell] || value < LEAST * peak) return;
      densest[cell] = value;
      found[cell] = { label, share: Math.sqrt(value / peak) };
    });
  }
  return found;
}

/** A Gaussian for each of these codes. */
function densityOf(rows: number[], places: Float32Array, box: Box): Float32Array {
  const density = new Float32Array(CELLS * CELLS);
  for (const row of rows) {
    const x = Math.floor(((places[2 * row] - box.left) / (box.right - box.left)) * CELLS);
    const y = Math.floor(((box.top - places[2 * row + 1]) / (box.top - box.bottom)) * CELLS);
    for (let down = Math.max(0, y - REACH); down <= Math.min(CELLS - 1, y + REACH); down++) {
      for (let across = Math.max(0, x - REACH); across <= Math.min(CELLS - 1, x + REACH); across++) {
        density[down * CELLS + across] += BELL[Math.abs(down - y)] * BELL[Math.abs(across - x)];
      }
    }
  }
  return density;
}

const BELL = Float32Array.from({ length: REACH + 1 }, (_, far) => Math.exp(-((far / SPREAD) ** 2) / 2));
