// A cloud of three-dimensional codes, seen from anywhere.

import type { Codes, Model } from "../models/model";
import type { Box } from "./boxes";
import type { Plane } from "./planes";

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

/** The view with these six numbers to the right and up, made to be at right angles again. */
export function viewOf(directions: number[]): View {
  const length = (a: number[]) => Math.hypot(...a) || 1;
  const unit = (a: number[]) => a.map((value) => value / length(a));
  const right = unit(directions.slice(0, 3));
  const along = right.reduce((sum, value, i) => sum + value * directions[3 + i], 0);
  const up = unit(right.map((value, i) => directions[3 + i] - along * value));
  const eye = right.map((_, i) => {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    return right[j] * up[k] - right[k] * up[j];
  });
  return [Float32Array.from(right), Float32Array.from(up), Float32Array.from(eye)];
}

/** The map of a code of three numbers, seen from anywhere, about `centre`. */
export function planeOfView([right, up]: View, centre: Float32Array): Plane {
  return { centre, axes: [right, up], names: ["sideways", "up"] };
}

/** The place about which a cloud is turned. */
export const middleOf = ({ low, high }: Model) =>
  Float32Array.from(low, (least, i) => (least + high[i]) / 2);

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
