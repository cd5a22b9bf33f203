// From codes to places of a map, and back.

import type { Codes, Model } from "../models/model";
import { _ } from "../ui/texts";
import type { Box } from "./boxes";

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
    const name = (axis: number) =>
      _("principal axis {axis} ({percent}% of the spread)",
        { axis, percent: Math.round(100 * model.shares[axis - 1]) });
    return {
      centre: Float32Array.from(model.centre),
      axes: [Float32Array.from(model.principal[0]), Float32Array.from(model.principal[1])],
      names: [name(1), name(2)],
    };
  }
  const unit = (axis: number) =>
    Float32Array.from({ length: model.dim }, (__, i) => Number(i === axis));
  const name = (axis: number) => (axis < model.free ? `z[${axis}]` : "");
  return {
    centre: new Float32Array(model.dim),
    axes: [unit(axes[0]), unit(axes[1] < model.free ? axes[1] : -1)],
    names: [name(axes[0]), name(axes[1])],
  };
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
    (__, i) => z[i] + (u - u0) * plane.axes[0][i] + (v - v0) * plane.axes[1][i],
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
export function nearestPossible(model: Model, z: Numbers): Float32Array {
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
    named.forEach((__, i) => (named[i] = Number(i === loudest)));
  }
  return found;
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
      codes.set(nearestPossible(model, lift(plane, z, u, v)), (row * columns + column) * dim);
    }
  }
  return codes;
}
