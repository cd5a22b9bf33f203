// The test images whose codes are nearest to a code, and the class that they vote for.

import type { Codes } from "../models/model";
import type { Numbers } from "./planes";

export interface Neighbour {
  row: number;
  distance: number;
}

/** The `k` codes nearest to `z`, nearest first; of these classes alone where they are named. */
export function nearest(
  { codes, labels }: Codes, z: Numbers, k: number, shown: ReadonlySet<number> | null = null,
): Neighbour[] {
  const dim = z.length;
  const found: Neighbour[] = [];
  for (let row = 0, at = 0; row < labels.length; row++, at += dim) {
    if (shown && !shown.has(labels[row])) continue;
    const limit = found.length < k ? Infinity : found[k - 1].distance;
    let sum = 0;
    for (let i = 0; i < dim && sum < limit; i++) {
      const offset = codes[at + i] - z[i];
      sum += offset * offset;
    }
    if (sum >= limit) continue;
    let place = found.length;
    while (place > 0 && found[place - 1].distance > sum) place--;
    found.splice(place, 0, { row, distance: sum });
    if (found.length > k) found.pop();
  }
  return found.map(({ row, distance }) => ({ row, distance: Math.sqrt(distance) }));
}

/** How many of so many codes vote: a few of few, whose own class would else be outvoted. */
export function voters(count: number, most = 15): number {
  return Math.max(1, Math.min(most, Math.floor(Math.sqrt(count))));
}

/** The commonest class among neighbours; the nearer one where two are as common. */
export function vote(neighbours: Neighbour[], labels: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (const { row } of neighbours) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  let best = -1;
  for (const [label, count] of counts) if (best < 0 || count > counts.get(best)!) best = label;
  return best;
}
