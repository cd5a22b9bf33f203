// Ways from one code to another.

import type { Codes } from "../models/model";
import { N_, _ } from "../ui/texts";

export const WAYS = ["straight-line", "arc", "along-the-data"] as const;
export type Way = (typeof WAYS)[number];

const NAMES: Record<Way, string> = {
  "straight-line": N_("straight line"), arc: N_("arc"), "along-the-data": N_("along the data"),
};
export const nameOf = (way: Way) => _(NAMES[way]);

const MOST_NODES = 1500;
const LINKS = 8;

const mixed = (a: Float32Array, b: Float32Array, share: number) =>
  a.map((value, i) => value + share * (b[i] - value));

export const distance = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
};

/** `steps` codes on the straight line between two, ends included. */
export function straight(a: Float32Array, b: Float32Array, steps: number): Float32Array[] {
  return Array.from({ length: steps }, (_, i) => mixed(a, b, i / (steps - 1)));
}

/** The same along the arc about the origin, which keeps the length of a code (White 2016). */
export function arc(a: Float32Array, b: Float32Array, steps: number): Float32Array[] {
  const zero = new Float32Array(a.length);
  const [long, wide] = [distance(a, zero), distance(b, zero)];
  const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0) / (long * wide || 1);
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
  if (!(Math.sin(angle) > 1e-3) || !long || !wide) return straight(a, b, steps);
  return Array.from({ length: steps }, (_, step) => {
    const share = step / (steps - 1);
    const [p, q] = [Math.sin((1 - share) * angle), Math.sin(share * angle)];
    const length = (long + share * (wide - long)) / Math.sin(angle);
    return a.map((value, i) => ((p * value) / long + (q * b[i]) / wide) * length);
  });
}

/** The shortest way from neighbour to neighbour among the codes of test images. */
export function alongData(
  { codes, labels }: Codes, a: Float32Array, b: Float32Array, steps: number,
): Float32Array[] {
  const dim = a.length;
  const every = Math.max(1, Math.ceil(labels.length / MOST_NODES));
  const nodes = [a, b];
  for (let row = 0; row < labels.length; row += every) {
    nodes.push(codes.slice(row * dim, (row + 1) * dim));
  }
  const links: Map<number, number>[] = nodes.map(() => new Map());
  nodes.forEach((node, i) => {
    const nearest: [number, number][] = [];
    nodes.forEach((other, j) => {
      if (i === j) return;
      const length = distance(node, other);
      if (nearest.length === LINKS && length >= nearest[LINKS - 1][0]) return;
      nearest.push([length, j]);
      nearest.sort((p, q) => p[0] - q[0]);
      nearest.length = Math.min(nearest.length, LINKS);
    });
    for (const [length, j] of nearest) {
      links[i].set(j, length);
      links[j].set(i, length);
    }
  });
  const way = shortest(links);
  return resampled(way.length > 1 ? way.map((i) => nodes[i]) : [a, b], steps);
}

/** The shortest way from node 0 to node 1 (Dijkstra), as their numbers; empty without any. */
function shortest(links: Map<number, number>[]): number[] {
  const far = new Float64Array(links.length).fill(Infinity);
  const before = new Int32Array(links.length).fill(-1);
  const open = new Set(links.keys());
  far[0] = 0;
  while (open.size) {
    let here = -1;
    for (const node of open) if (here < 0 || far[node] < far[here]) here = node;
    if (here === 1 || far[here] === Infinity) break;
    open.delete(here);
    for (const [next, length] of links[here]) {
      // Squares favour many short steps over a few leaps across the gaps.
      const sum = far[here] + length * length;
      if (sum < far[next]) {
        far[next] = sum;
        before[next] = here;
      }
    }
  }
  const way = [];
  for (let node = 1; node >= 0; node = before[node]) way.unshift(node);
  return way[0] === 0 ? way : [];
}

/** `steps` codes at equal distances along a way through these. */
export function resampled(points: Float32Array[], steps: number): Float32Array[] {
  const ends = [0];
  for (let i = 1; i < points.length; i++) ends.push(ends[i - 1] + distance(points[i - 1], points[i]));
  const whole = ends[ends.length - 1];
  let leg = 1;
  return Array.from({ length: steps }, (_, step) => {
    const at = (whole * step) / (steps - 1);
    while (leg < points.length - 1 && ends[leg] < at) leg++;
    const length = ends[leg] - ends[leg - 1];
    const share = length > 0 ? Math.min(1, (at - ends[leg - 1]) / length) : 0;
    return points.length > 1 ? mixed(points[leg - 1], points[leg], share) : points[0].slice();
  });
}
