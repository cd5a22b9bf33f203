// What the server says of a model, and the codes of its test images.

import { bytesAt, once } from "./fetched";

export type Shape = [channels: number, height: number, width: number];

/** Something in which images differ: one of some `values`, or an amount from `low` to `high`. */
export interface Factor {
  id: string;
  name: string;
  values: string[];
  low: number;
  high: number;
  unit: string;
}

/** `encoder` gives the code of an image; of a variational model its log-variance after it. */
export interface Model {
  name: string;
  title: string;
  decoder: string;
  encoder: string;
  codes: string;
  images: string | null;
  /** What is known of the test images: where it lies, and the factors in their order. */
  factors: { address: string; each: Factor[] } | null;
  /** Gives the probability of each class for an image, where there is one for these images. */
  classifier: string | null;
  count: number;
  dim: number;
  free: number;
  levels: number | null;
  shape: Shape;
  low: number[];
  high: number[];
  centre: number[];
  principal: number[][];
  shares: number[];
  /** The usual distance between codes; null where they are too few to say. */
  usual: number | null;
  mse: number;
  classes: string[];
  variational: boolean;
  /** Whether its images are digits in MNIST's form. */
  digits: boolean;
}

/** Codes of test images, row by row, and the class of each. */
export interface Codes {
  codes: Float32Array;
  labels: Int16Array;
}

const bytes = once(bytesAt);

/** The codes of a model: n rows of floats, then n classes of two bytes. */
export async function codesOf(model: Model): Promise<Codes> {
  const found = await bytes(model.codes);
  const numbers = model.count * model.dim;
  return {
    codes: new Float32Array(found, 0, numbers),
    labels: new Int16Array(found, 4 * numbers, model.count),
  };
}

/** What a factor is in each of the test images behind the codes, in their order. */
export async function amountsOf(model: Model, factor: Factor): Promise<Float32Array> {
  const { address, each } = model.factors!;
  const found = new Float32Array(await bytes(address));
  const column = each.indexOf(factor);
  return Float32Array.from({ length: model.count }, (_, row) => found[row * each.length + column]);
}
