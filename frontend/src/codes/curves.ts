// A way drawn by hand, in few numbers: it lies in a plane, and three of its codes span that.

import { distance } from "./paths";

/** `walk` has three codes; `curve` shares of the ways from the first one to each of the others. */
export interface Curve {
  walk: number[];
  curve: number[];
}

const minus = (a: Float32Array, b: Float32Array) => a.map((value, i) => value - b[i]);
const times = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
/** Which part of a direction a vector is; none of one without a length. */
const part = (vector: Float32Array, direction: Float32Array) =>
  times(vector, direction) / (times(direction, direction) || 1);

/** The curve through these codes, or the one in a plane that is nearest to them. */
export function curveThrough(codes: Float32Array[]): Curve {
  const [first] = codes;
  const farthest = (far: (z: Float32Array) => number) =>
    codes.reduce((found, z) => (far(z) > far(found) ? z : found));
  const second = farthest((z) => distance(z, first));
  const across = minus(second, first);
  const aside = (z: Float32Array) => {
    const share = part(minus(z, first), across);
    return minus(z, first).map((value, i) => value - share * across[i]);
  };
  const third = farthest((z) => Math.hypot(...aside(z)));
  const up = minus(third, first);
  const curve = codes.flatMap((z) => {
    const share = part(aside(z), aside(third));
    const rest = minus(z, first).map((value, i) => value - share * up[i]);
    return [part(rest, across), share];
  });
  return { walk: [first, second, third].flatMap((z) => [...z]), curve };
}

/** The codes of a curve; none where it has no plane. */
export function codesOfCurve({ walk, curve }: Curve, dim: number): Float32Array[] {
  if (walk.length !== 3 * dim) return [];
  return Array.from({ length: Math.floor(curve.length / 2) }, (_, at) =>
    Float32Array.from({ length: dim }, (__, i) =>
      walk[i] + curve[2 * at] * (walk[dim + i] - walk[i]) + curve[2 * at + 1] * (walk[2 * dim + i] - walk[i])));
}
