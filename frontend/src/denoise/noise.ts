// Kinds of noise, as in `ae_core/noise.py`. The draws stay the same while the strength changes, so
// that the noise grows and does not flicker.

import type { Shape } from "../models/model";

/** A kind of noise and how strong it is; `mean` counts for Gaussian noise alone. */
export interface Corruption {
  kind: string;
  strength: number;
  mean: number;
  seed: number;
}

/** What is random in the noise on some images: a normal for each value, a share for each pixel. */
interface Draws {
  seed: number;
  normals: Float32Array;
  shares: Float32Array;
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32, T. Ettinger). */
export function shares(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two normals from two shares (Box and Muller 1958). */
function normalPair(share: () => number): [number, number] {
  const length = Math.sqrt(-2 * Math.log(1 - share()));
  const angle = 2 * Math.PI * share();
  return [length * Math.cos(angle), length * Math.sin(angle)];
}

export class NoisyImages {
  private draws: Draws | null = null;

  /** `clean` holds `count` images, one after another, in [0, 1]. */
  constructor(readonly clean: Float32Array, readonly count: number, readonly shape: Shape) {}

  /** A noisy copy of the images, in [0, 1]; where `mask` is 1 they are black. */
  corrupted(corruption: Corruption, mask: Uint8Array | null = null): Float32Array {
    const noisy = this.unmasked(corruption);
    const plane = this.shape[1] * this.shape[2];
    if (mask && corruption.kind === "masking") {
      for (let i = 0; i < noisy.length; i++) if (mask[i % plane]) noisy[i] = 0;
    }
    return noisy;
  }

  private unmasked({ kind, strength, mean, seed }: Corruption): Float32Array {
    const { clean } = this;
    switch (kind) {
      case "gaussian": {
        const { normals } = this.drawn(seed);
        return clean.map((x, i) => clamped(x + mean + strength * normals[i]));
      }
      case "salt_and_pepper": {
        const share = this.shareOf(seed);
        return clean.map((x, i) => (share(i) >= strength ? x : share(i) < strength / 2 ? 1 : 0));
      }
      case "masking": {
        const share = this.shareOf(seed);
        return clean.map((x, i) => (share(i) >= strength ? x : 0));
      }
      case "blur":
        return strength < 0.1 ? clean.slice() : this.weighted((size) => blurWeights(size, strength));
      case "low_resolution":
        return this.weighted((size) => blockWeights(size, strength));
      default:
        return clean.map((x) => x + strength * (0.5 - x));
    }
  }

  private drawn(seed: number): Draws {
    if (this.draws?.seed === seed) return this.draws;
    const share = shares(seed);
    const [channels] = this.shape;
    const each = Float32Array.from({ length: this.clean.length / channels }, share);
    const normals = new Float32Array(this.clean.length + 1);
    for (let i = 0; i < this.clean.length; i += 2) [normals[i], normals[i + 1]] = normalPair(share);
    return (this.draws = { seed, normals, shares: each });
  }

  /** A pixel has the same share in all its colours. */
  private shareOf(seed: number): (i: number) => number {
    const { shares: each } = this.drawn(seed);
    const [channels, height, width] = this.shape;
    const plane = height * width;
    return (i) => each[Math.floor(i / (channels * plane)) * plane + (i % plane)];
  }

  /** Each image between two matrices: one for its columns, one for its rows. */
  private weighted(weights: (size: number) => Float32Array): Float32Array {
    const [, height, width] = this.shape;
    const [down, across] = [weights(height), weights(width)];
    const result = new Float32Array(this.clean.length);
    const half = new Float32Array(height * width);
    for (let from = 0; from < result.length; from += height * width) {
      half.fill(0);
      for (let y = 0; y < height; y++) {
        for (let other = 0; other < height; other++) {
          const weight = down[y * height + other];
          if (weight < 1e-9) continue;
          for (let x = 0; x < width; x++) half[y * width + x] += weight * this.clean[from + other * width + x];
        }
        for (let x = 0; x < width; x++) {
          let sum = 0;
          for (let other = 0; other < width; other++) sum += across[x * width + other] * half[y * width + other];
          result[from + y * width + x] = clamped(sum);
        }
      }
    }
    return result;
  }
}

const clamped = (value: number) => Math.max(0, Math.min(1, value));

/** How much of each place a place gets in a Gaussian blur of which only the inside counts. */
export function blurWeights(size: number, sigma: number): Float32Array {
  return rows(size, (a, b) => Math.exp(-0.5 * ((a - b) / sigma) ** 2));
}

/** The same where each block gets its mean. */
export function blockWeights(size: number, factor: number): Float32Array {
  const blocks = Math.max(1, even(size / factor));
  const block = (place: number) => Math.floor((place * blocks) / size);
  return rows(size, (a, b) => (block(a) === block(b) ? 1 : 0));
}

/** Rounded as Python does: halves go to the even number. */
function even(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 ? floor + 1 : floor;
}

function rows(size: number, weight: (a: number, b: number) => number): Float32Array {
  const found = new Float32Array(size * size);
  for (let a = 0; a < size; a++) {
    let sum = 0;
    for (let b = 0; b < size; b++) sum += found[a * size + b] = weight(a, b);
    for (let b = 0; b < size; b++) found[a * size + b] /= sum;
  }
  return found;
}
