// Codes and maps of codes: plain arithmetic, nothing here draws or waits.

import type { Codes, Model } from "../models/model";

export type Numbers = ArrayLike<number>;

/** The two directions of a map, and the point in the middle of it. */
export interface Plane {
  centre: Float32Array;
  axes: [Float32Array, Float32Array];
  names: [string, string];
}

/** Which directions a map shows: two numbers of the code, or the two principal axes. */
export type Axes = "principal" | [number, number];

/** The plane of a model's map. With a single number the second direction does not move it. */
export function planeOf(model: Model, axes: Axes): Plane {
  if (axes === "principal") {
    const share = (i: number) => `${Math.round(100 * model.shares[i])} % of the spread`;
    return {
      centre: Float32Array.from(model.centre),
      axes: [Float32Array.from(model.principal[0]), Float32Array.from(model.principal[1])],
      names: [`principal axis 1 (${share(0)})`, `principal axis 2 (${share(1)})`],
    };
  }
  const unit = (axis: number) =>
    Float32Array.from({ length: model.dim }, (_, i) => Number(i === axis));
  const name = (axis: number) => (axis < model.free ? `z[${axis}]` : "");
  return {
    centre: new Float32Array(model.dim),
    axes: [unit(axes[0]), unit(axes[1] < model.free ? axes[1] : -1)],
    names: [name(axes[0]), name(axes[1])],
  };
}

/** Three directions at right angles: to the right, up, and towards the eye. */
export type View = [Float32Array, Float32Array, Float32Array];

export const FRONT = (): View => [
  Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0), Float32Array.of(0, 0, 1),
];

/** A view of a cloud in space after turning it sideways and upwards, in radians. */
export function turned([right, up, eye]: View, sideways: number, upwards: number): View {
  const mix = (a: Float32Array, b: Float32Array, angle: number) =>
    a.map((value, i) => value * Math.cos(angle) + b[i] * Math.sin(angle));
  const right1 = mix(right, eye, sideways);
  const eye1 = mix(eye, right, -sideways);
  return [right1, mix(up, eye1, upwards), mix(eye1, up, -upwards)];
}

/** The map of a code of three numbers, seen from anywhere, about `centre`. */
export function planeOfView([right, up]: View, centre: Float32Array): Plane {
  return { centre, axes: [right, up], names: ["sideways", "up"] };
}

/** How near each code is to the eye, from 0 to 1. */
export function depths({ codes, labels }: Codes, [, , eye]: View): Float32Array {
  const found = new Float32Array(labels.length);
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < found.length; row++) {
    const depth = codes[3 * row] * eye[0] + codes[3 * row + 1] * eye[1] + codes[3 * row + 2] * eye[2];
    found[row] = depth;
    low = Math.min(low, depth);
    high = Math.max(high, depth);
  }
  return found.map((depth) => (depth - low) / (high - low || 1));
}

/** A piece of the map, as wide as high, that holds the cloud from wherever it is seen. */
export function boxOfSpace(model: Model): Box {
  const reach = Math.max(...model.low.map((low, i) => (model.high[i] - low) / 2)) * 1.25;
  return { left: -reach, right: reach, bottom: -reach, top: reach };
}

/** The axes that a model's map opens with. */
export function firstAxes(model: Model): Axes {
  return model.free <= 3 ? [0, 1] : "principal";
}

/** Where a code lies on a map. */
export function project(plane: Plane, z: Numbers, from = 0): [number, number] {
  const { centre, axes } = plane;
  let u = 0;
  let v = 0;
  for (let i = 0; i < centre.length; i++) {
    const offset = z[from + i] - centre[i];
    u += offset * axes[0][i];
    v += offset * axes[1][i];
  }
  return [u, v];
}

/** The code at a place of the map that shares everything else with `z`. */
export function lift(plane: Plane, z: Numbers, u: number, v: number): Float32Array {
  const [u0, v0] = project(plane, z);
  return Float32Array.from(
    { length: z.length },
    (_, i) => z[i] + (u - u0) * plane.axes[0][i] + (v - v0) * plane.axes[1][i],
  );
}

/** All codes on the map, u and v of each in turn. */
export function projectAll(plane: Plane, { codes, labels }: Codes): Float32Array {
  const dim = plane.centre.length;
  const places = new Float32Array(2 * labels.length);
  for (let row = 0; row < labels.length; row++) {
    const [u, v] = project(plane, codes, row * dim);
    places[2 * row] = u;
    places[2 * row + 1] = v;
  }
  return places;
}

/** The nearest code that an image can have: one class and no other, and whole steps. */
export function possible(model: Model, z: Numbers): Float32Array {
  const found = Float32Array.from(z);
  if (model.levels) {
    const half = (model.levels - 1) / 2;
    for (let i = 0; i < found.length; i++) {
      const inside = Math.min(1, Math.max(-1, found[i]));
      found[i] = Math.round((inside + 1) * half) / half - 1;
    }
  }
  if (model.free < model.dim) {
    const named = found.subarray(model.free);
    const loudest = named.indexOf(Math.max(...named));
    named.forEach((_, i) => (named[i] = Number(i === loudest)));
  }
  return found;
}

export interface Neighbour {
  row: number;
  distance: number;
}

/** The `k` codes nearest to `z`, nearest first. */
export function nearest({ codes, labels }: Codes, z: Numbers, k: number): Neighbour[] {
  const dim = z.length;
  const found: Neighbour[] = [];
  for (let row = 0, at = 0; row < labels.length; row++, at += dim) {
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

/** The commonest class among neighbours; the nearer one where two are as common. */
export function vote(neighbours: Neighbour[], labels: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (const { row } of neighbours) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  let best = -1;
  for (const [label, count] of counts) if (best < 0 || count > counts.get(best)!) best = label;
  return best;
}

/** The share of draws from the prior N(0, I) that lie nearer to the origin than `z`. */
export function nearerDraws(z: Numbers): number {
  let half = 0;
  for (let i = 0; i < z.length; i++) half += (z[i] * z[i]) / 2;
  // The lower incomplete gamma function P(d / 2, |z|^2 / 2), by its series.
  const a = z.length / 2;
  if (half === 0) return 0;
  if (half > 700 + a) return 1;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > 1e-12 * sum && n < 10_000; n++) sum += term *= half / (a + n);
  return Math.min(1, Math.exp(a * Math.log(half) - half - logGamma(a)) * sum);
}

/** log Γ of whole and half numbers. */
function logGamma(a: number): number {
  let log = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let x = Number.isInteger(a) ? 1 : 0.5; x < a; x++) log += Math.log(x);
  return log;
}

/** An ellipse on the map: its middle, half its axes, and how far it is turned. */
export interface Ellipse {
  u: number;
  v: number;
  major: number;
  minor: number;
  angle: number;
}

/** Where the map meets a cloud of codes: the ellipse one standard deviation from its mean. */
export function shadow(plane: Plane, mean: Numbers, logVariance: Numbers): Ellipse {
  const [u, v] = project(plane, mean);
  let uu = 0;
  let uv = 0;
  let vv = 0;
  for (let i = 0; i < mean.length; i++) {
    const variance = Math.exp(logVariance[i]);
    const [a, b] = [plane.axes[0][i], plane.axes[1][i]];
    uu += variance * a * a;
    uv += variance * a * b;
    vv += variance * b * b;
  }
  const middle = (uu + vv) / 2;
  const spread = Math.hypot((uu - vv) / 2, uv);
  return {
    u,
    v,
    major: Math.sqrt(middle + spread),
    minor: Math.sqrt(Math.max(0, middle - spread)),
    angle: Math.atan2(2 * uv, uu - vv) / 2,
  };
}

/** Codes on a grid over the map, row by row from the top, all with the rest of `z`. */
export function gridCodes(
  plane: Plane, z: Numbers, model: Model, box: Box, rows: number, columns: number,
): Float32Array {
  const dim = z.length;
  const codes = new Float32Array(rows * columns * dim);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const u = box.left + ((column + 0.5) / columns) * (box.right - box.left);
      const v = box.top - ((row + 0.5) / rows) * (box.top - box.bottom);
      codes.set(possible(model, lift(plane, z, u, v)), (row * columns + column) * dim);
    }
  }
  return codes;
}

/** A piece of the map. */
export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** The piece of a map that holds almost all codes: ends without the last half percent, widened. */
export function boxOf(places: Float32Array): Box {
  const ends = (start: number): [number, number] => {
    const values = Float32Array.from({ length: places.length / 2 }, (_, i) => places[2 * i + start]);
    values.sort();
    const cut = Math.floor(0.005 * (values.length - 1));
    const [low, high] = [values[cut] ?? -1, values[values.length - 1 - cut] ?? 1];
    const margin = high > low ? 0.1 * (high - low) : 0.5;
    return [low - margin, high + margin];
  };
  const [left, right] = ends(0);
  const [bottom, top] = ends(1);
  return { left, right, bottom, top };
}

/** Where codes of a single number lie: on a line for each class, over the line of all codes. */
export function byClass(places: Float32Array, labels: ArrayLike<number>, box: Box): Float32Array {
  let classes = 1;
  for (let row = 0; row < labels.length; row++) classes = Math.max(classes, labels[row] + 1);
  const upper = (box.top - box.bottom) / 2;
  return places.map((value, i) =>
    i % 2 ? value + (upper * (classes - labels[(i - 1) / 2] - 0.2)) / (classes + 0.5) : value,
  );
}

/** Where a row of `columns` square images lies: under the line of all codes. */
export function rowUnder(box: Box, columns: number): Box {
  const middle = (box.top + box.bottom) / 2;
  const gap = (box.top - box.bottom) / 20;
  return { ...box, top: middle - gap, bottom: middle - gap - (box.top - box.bottom) / columns };
}

/** A smaller or larger piece, with the same place under the hand. */
export function zoomed(box: Box, factor: number, u: number, v: number): Box {
  return {
    left: u + (box.left - u) * factor,
    right: u + (box.right - u) * factor,
    bottom: v + (box.bottom - v) * factor,
    top: v + (box.top - v) * factor,
  };
}

/** The same piece somewhere else. */
export function moved(box: Box, du: number, dv: number): Box {
  const { left, right, bottom, top } = box;
  return { left: left + du, right: right + du, bottom: bottom + dv, top: top + dv };
}
