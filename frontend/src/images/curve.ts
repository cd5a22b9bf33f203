// An order in which neighbours on a map stay near to each other.

import { boxOf } from "../codes/boxes";

const BITS = 10;

/** The rows of places along a Z-order curve (Morton 1966); those off the map as if at its edge. */
export function alongCurve(places: Float32Array): Uint32Array {
  const { left, right, bottom, top } = boxOf(places);
  const cell = (share: number) => Math.max(0, Math.min(2 ** BITS - 1, Math.floor(share * 2 ** BITS)));
  const keys = Float64Array.from({ length: places.length / 2 }, (_, row) => {
    const across = cell((places[2 * row] - left) / (right - left));
    const up = cell((places[2 * row + 1] - bottom) / (top - bottom));
    return spread(across) + 2 * spread(up);
  });
  return Uint32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
}

/** The bits of a number with a gap before each. */
function spread(number: number): number {
  let found = 0;
  for (let bit = 0; bit < BITS; bit++) found += ((number >> bit) & 1) * 4 ** bit;
  return found;
}
