// What a classifier says of images, from the probability of each class.

import { _ } from "../ui/texts";

/** The likeliest class of an image and its probability. */
export interface Likeliest {
  label: number;
  share: number;
}

/** The likeliest class of each row of `classes` probabilities; null of an image of NaN. */
export function likeliest(shares: Float32Array, classes: number): (Likeliest | null)[] {
  return Array.from({ length: shares.length / classes }, (_, row) => {
    const own = shares.subarray(row * classes, (row + 1) * classes);
    const label = own.indexOf(Math.max(...own));
    return label < 0 ? null : { label, share: own[label] };
  });
}

/** A class with its probability: "9, 98%"; nothing of an image of NaN. */
export function inWords(found: Likeliest | null, names: string[]): string {
  if (!found) return "";
  return _("{name}, {percent}%", { name: names[found.label], percent: Math.round(100 * found.share) });
}
