import { expect, it } from "vitest";

import { NoisyImages, shares } from "../../src/denoise/noise";
import { scores, ssim, verdict } from "../../src/denoise/scores";
import type { Shape } from "../../src/models/model";

/** Numbers that Python makes in the same way. */
const pattern = (length: number, factor: number) =>
  Float32Array.from({ length }, (_, i) => ((i * factor) % 101) / 100);

const CASES: { shape: Shape; count: number }[] = [
  { shape: [1, 9, 12], count: 2 },
  { shape: [3, 8, 8], count: 1 },
];
const sizeOf = ({ shape, count }: (typeof CASES)[number]) => count * shape[0] * shape[1] * shape[2];

const PLAIN = { mean: 0, seed: 1 };

// From `ae_core.noise` on the same images: five values, and the sum of all.
it.each([
  ["blur", 1.3, 0, [0.36515, 0.50055, 0.52542, 0.4952, 0.49695], 107.1092],
  ["low_resolution", 3, 0, [0.38111, 0.51222, 0.51222, 0.49556, 0.44889], 106.81],
  ["contrast", 0.8, 0, [0.4, 0.526, 0.586, 0.448, 0.566], 107.762],
  ["blur", 1.3, 1, [0.34815, 0.45225, 0.50612, 0.5196, 0.42045], 95.323],
  ["low_resolution", 3, 1, [0.39333, 0.52444, 0.39333, 0.48333, 0.37], 94.8],
  ["contrast", 0.8, 1, [0.4, 0.526, 0.586, 0.448, 0.446], 95.76],
] as const)("corrupts by %s of %d as Python does (case %#)", (kind, strength, which, some, sum) => {
  const size = sizeOf(CASES[which]);
  const { shape, count } = CASES[which];
  const noisy = new NoisyImages(pattern(size, 53), count, shape).corrupted({ ...PLAIN, kind, strength });
  [0, 5, 17, 50, size - 1].forEach((place, i) => expect(noisy[place]).toBeCloseTo(some[i], 4));
  expect(noisy.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 2);
});

const grey = () => new NoisyImages(new Float32Array(64 * 784).fill(0.5), 64, [1, 28, 28]);
const share = (x: Float32Array, of: number) => x.filter((value) => value === of).length / x.length;

it("adds Gaussian noise of the mean and the spread asked for", () => {
  const noisy = grey().corrupted({ kind: "gaussian", strength: 0.05, mean: 0.2, seed: 7 });
  const mean = noisy.reduce((a, b) => a + b, 0) / noisy.length;
  const spread = Math.sqrt(noisy.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noisy.length);
  expect(mean).toBeCloseTo(0.7, 2);
  expect(spread).toBeCloseTo(0.05, 3);
});

it("makes as many pixels white, black or both as asked for", () => {
  const salted = grey().corrupted({ ...PLAIN, kind: "salt_and_pepper", strength: 0.4 });
  expect(share(salted, 0)).toBeCloseTo(0.2, 1.5);
  expect(share(salted, 1)).toBeCloseTo(0.2, 1.5);
  const masked = grey().corrupted({ ...PLAIN, kind: "masking", strength: 0.3 });
  expect(share(masked, 0)).toBeCloseTo(0.3, 1.5);
  expect(share(masked, 0.5)).toBeCloseTo(0.7, 1.5);
});

it("draws the same noise for the same seed, whatever the strength was meanwhile", () => {
  const images = grey();
  const at = (strength: number, seed: number) =>
    images.corrupted({ kind: "salt_and_pepper", strength, mean: 0, seed });
  const [weak, strong] = [at(0.2, 3), at(0.6, 3)];
  expect(at(0.2, 3)).toEqual(weak);
  expect(at(0.2, 4)).not.toEqual(weak);
  weak.forEach((value, i) => value !== 0.5 && expect(strong[i]).not.toBe(0.5));
});

it("corrupts a pixel in all its colours", () => {
  const images = new NoisyImages(new Float32Array(2 * 3 * 64).fill(0.5), 2, [3, 8, 8]);
  const masked = images.corrupted({ ...PLAIN, kind: "masking", strength: 0.5 });
  for (let i = 0; i < 64; i++) {
    expect(masked[64 + i]).toBe(masked[i]);
    expect(masked[192 + 128 + i]).toBe(masked[192 + i]);
  }
});

it("blackens what the brush covered, and only while masking", () => {
  const mask = new Uint8Array(784).fill(1, 0, 28);
  const masked = grey().corrupted({ ...PLAIN, kind: "masking", strength: 0 }, mask);
  expect(share(masked, 0)).toBeCloseTo(1 / 28, 5);
  expect(share(grey().corrupted({ ...PLAIN, kind: "contrast", strength: 0 }, mask), 0)).toBe(0);
});

it("gives shares that are even", () => {
  const next = shares(1);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[Math.floor(10 * next())]++;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

// From `ae_core.metrics` on the same numbers.
it.each([
  [0, [8.215613, 8.063268], 0.134772, 0.153505, 0.990599],
  [1, [8.222862], 0.106469, 0.150561, 0.990213],
] as const)("scores as Python does (case %d)", (which, psnr, similarity, mse, near) => {
  const { shape, count } = CASES[which];
  const size = sizeOf(CASES[which]);
  const [a, b] = [pattern(size, 37), pattern(size, 53)];
  const found = scores(a, b, count, shape);
  psnr.forEach((value, i) => expect(found.each[i]).toBeCloseTo(value, 4));
  expect(found.ssim).toBeCloseTo(similarity, 5);
  expect(found.mse).toBeCloseTo(mse, 6);
  expect(ssim(b.map((value, i) => 0.9 * value + 0.1 * a[i]), b, shape)).toBeCloseTo(near, 5);
});

// As in tests/test_denoising.py.
it("says who wins, and by how much", () => {
  const names = { noisy: "the noisy image itself", trained_on_noise: "the model trained on noise",
    median: "the median filter" };
  const psnr = { noisy: 9.4, trained_on_noise: 19.24, median: 13.2 };
  expect(verdict(psnr, names)).toBe(
    "The model trained on noise restores best here: 19.2 dB, 6.0 dB better than the median filter.",
  );
  expect(verdict({ ...psnr, median: 19.2 }, names)).toContain("as good");
  expect(verdict({ ...psnr, noisy: 25 }, names)).toContain("Nothing helps here");
  expect(verdict({ ...psnr, trained_on_noise: NaN }, names)).toContain("The median filter restores best");
  expect(verdict({ noisy: 9, median: 12 }, names)).toContain("than the noisy images");
});
