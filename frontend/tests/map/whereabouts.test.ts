import { expect, it } from "vitest";

import { brightnessOf, pitchOf } from "../../src/map/sound";
import { whereabouts } from "../../src/map/whereabouts";

const codes = {
  codes: Float32Array.of(0, 0, 1, 0, 0, 1, 3, 0, 4, 0, 3, 1, 90, 90),
  labels: Uint8Array.of(0, 0, 0, 1, 1, 1, 2),
};
const model = { classes: ["7", "9", "4"], usual: 1 };
const all = new Set([0, 1, 2]);
const at = (x: number, y: number, off = 0.5, shown = all) =>
  whereabouts(model, codes as never, Float32Array.of(x, y), off, shown);

it("says among which classes a code lies, near which, and whether inside", () => {
  expect(at(0.2, 0.1)).toBe("You are among the 7s, near the 9s, inside the cloud.");
  expect(at(-2, 0)).toBe("You are among the 7s, inside the cloud.");
  expect(at(-9, 0, 9)).toBe("You are outside the cloud, nearest to the 7s.");
  expect(at(0.2, 0.1, 0.5, new Set([1]))).toBe("You are among the 9s, inside the cloud.");
});

it("says of images without classes whether they are near", () => {
  const one = { classes: ["all"], usual: 1 };
  const here = Float32Array.of(0, 0);
  expect(whereabouts(one, codes as never, here, 0.5, all)).toBe("You are inside the cloud.");
  expect(whereabouts(one, codes as never, here, 2, all)).toBe("You are outside the cloud.");
});

it("gives each of ten classes a pitch, and far places a duller tone", () => {
  const pitches = Array.from({ length: 10 }, (_, label) => pitchOf(label));
  expect(new Set(pitches).size).toBe(10);
  expect([...pitches].sort((a, b) => a - b)).toEqual(pitches);
  expect(brightnessOf(0)).toBeGreaterThan(brightnessOf(1));
  expect(brightnessOf(1)).toBeGreaterThan(brightnessOf(2.5));
});
