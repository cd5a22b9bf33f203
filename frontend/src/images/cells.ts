// Places of a map in the colours of their classes.

import type { Likeliest } from "../models/likeliest";
import { PALETTE } from "./colours";

/** As opaque as a cell is at most: points in the same colours lie over it. */
const STRONGEST = 0.5;

/** Paint a pixel for each cell, row by row: the colour says the class, its opacity the share. */
export function paintCells({ data }: ImageData, cells: (Likeliest | null)[]): void {
  cells.forEach((cell, i) => {
    if (cell) data.set([...PALETTE[cell.label % PALETTE.length], 255 * STRONGEST * cell.share], 4 * i);
  });
}
